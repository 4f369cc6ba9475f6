import BusSchema
import BusSystem

/// Log lines on standard error: `level=info event=joined module=led`.
///
/// Every line is one event with its facts as `key=value`; values with spaces are quoted. Where systemd's journal reads
/// them they begin with their priority, which the journal takes off again.
public struct Log: Sendable {
  /// How much an event matters.
  public enum Level: String, CaseIterable, Comparable, Sendable {
    case debug, info, warning, error

    /// Whether `left` matters less than `right`.
    public static func < (left: Level, right: Level) -> Bool {
      allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
  }

  /// Events below it are not written.
  public var level: Level
  private let write: @Sendable (String) -> Void
  private let hasPriorities: Bool
  private let causes = LoggedCauses()

  /// - Parameters:
  ///   - level: events below it are not written.
  ///   - write: where lines go; standard error by default.
  public init(level: Level = .info, write: (@Sendable (String) -> Void)? = nil) {
    self.level = level
    hasPriorities = write == nil
    self.write = write ?? { StandardErrorLog.shared.write($0) }
  }

  /// Writes an event.
  ///
  /// - Parameters:
  ///   - level: how much it matters.
  ///   - event: its name, such as `joined`.
  ///   - facts: what a person or a script wants to know of it; made only if the event is written.
  public func callAsFunction(
    _ level: Level, _ event: String, _ facts: @autoclosure () -> KeyValuePairs<String, String> = [:]
  ) {
    guard level >= self.level else { return }
    write(line(level, event, Array(facts())))
  }

  private func line(_ level: Level, _ event: String, _ facts: [(key: String, value: String)]) -> String {
    var line = hasPriorities ? ServiceManager.journalPrefix(level.priority) : ""
    line += "level=\(level.rawValue) event=\(event)"
    for (key, value) in facts { line += " \(key)=\(Self.quoted(value))" }
    return line + "\n"
  }

  /// Writes an event the first time that it has this cause.
  ///
  /// - Parameters:
  ///   - level: how much it matters.
  ///   - event: its name, such as `unfit`.
  ///   - cause: what makes it another one, such as the command that it is about; without values that vary, as only a few
  ///     hundred are remembered.
  ///   - facts: what a person or a script wants to know of it; made only if the event is written.
  public func once(
    _ level: Level, _ event: String, cause: String, _ facts: @autoclosure () -> KeyValuePairs<String, String> = [:]
  ) {
    guard level >= self.level, causes.insert("\(event) \(cause)") else { return }
    self(level, event, facts())
  }

  /// Writes an error the first time. Errors that differ only in a number are the same one.
  ///
  /// - Parameters:
  ///   - level: how much it matters.
  ///   - event: its name, such as `not_read`.
  ///   - error: it is among the facts as `error`.
  ///   - facts: what else a person or a script wants to know of it; made only if the event is written.
  public func once(
    _ level: Level, _ event: String, error: any Error, _ facts: @autoclosure () -> KeyValuePairs<String, String> = [:]
  ) {
    let text = "\(error)"
    guard level >= self.level, causes.insert("\(event) \(Causes.cause(of: text))") else { return }
    write(line(level, event, Array(facts()) + [("error", text)]))
  }

  private static func quoted(_ value: String) -> String {
    let isPlain = value.unicodeScalars.allSatisfy { !$0.isUnprintable && $0 != " " && $0 != "\"" && $0 != "=" }
    return isPlain && !value.isEmpty ? value : JSONText.quoted(value)
  }
}

extension Log.Level {
  /// As syslog(3) counts.
  fileprivate var priority: Int {
    switch self {
    case .debug: 7
    case .info: 6
    case .warning: 4
    case .error: 3
    }
  }

  /// The option that all programs have for it.
  package static let option = Option(
    "log-level", value: "LEVEL", default: Log.Level.info, "Events below this level are not logged")
}
