/// Log lines on standard error: `level=info event=joined module=led`.
///
/// Every line is one event with its facts as `key=value`; values with spaces are quoted.
public struct Log: Sendable {
  public enum Level: String, CaseIterable, Comparable, Sendable {
    case debug, info, warning, error

    public static func < (left: Level, right: Level) -> Bool {
      allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
  }

  /// Events below it are not written.
  public var level: Level
  private let write: @Sendable (String) -> Void

  /// - Parameter write: where lines go; standard error unless told otherwise.
  public init(level: Level = .info, write: (@Sendable (String) -> Void)? = nil) {
    self.level = level
    self.write = write ?? { StandardErrorLog.shared.write($0) }
  }

  public func callAsFunction(_ level: Level, _ event: String, _ facts: KeyValuePairs<String, String> = [:]) {
    guard level >= self.level else { return }
    var line = "level=\(level.rawValue) event=\(event)"
    for (key, value) in facts { line += " \(key)=\(Self.quoted(value))" }
    write(line + "\n")
  }

  private static func quoted(_ value: String) -> String {
    let needsQuotes = value.isEmpty || value.unicodeScalars.contains { $0.value <= 32 || $0 == "\"" || $0 == "=" }
    guard needsQuotes else { return value }
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\n": text += "\\n"
      default: text += scalar.value < 32 ? " " : String(scalar)
      }
    }
    return text + "\""
  }
}
