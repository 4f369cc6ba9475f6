/// The options of a program: what there are, and what was given.
public struct CommandOptions: Sendable {
  /// One option.
  public struct Option: Sendable {
    /// As written after `--`.
    public let name: String
    let value: String?
    let help: String

    /// - Parameters:
    ///   - name: as written after `--`.
    ///   - value: what its value stands for, such as `ADDRESS`; nil for a switch.
    ///   - help: one line for `--help`.
    public init(_ name: String, value: String? = nil, _ help: String) {
      self.name = name
      self.value = value
      self.help = help
    }
  }

  /// What is wrong with the arguments, in one line.
  public struct UsageError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
  }

  private var values: [String: [String]] = [:]
  /// What is not an option, in order.
  public private(set) var operands: [String] = []

  /// No arguments.
  public init() {}

  /// Reads the arguments of a program, its own name not among them.
  ///
  /// - Parameter operandsMax: how many arguments that are not options it takes.
  /// - Throws: `UsageError` for an unknown option, a missing value or a superfluous argument.
  public init(_ arguments: some Sequence<String>, _ options: [Option], operandsMax: Int = 0) throws(UsageError) {
    var rest = Array(arguments)[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--"), argument.count > 2 else {
        guard operands.count < operandsMax else { throw UsageError("unexpected argument '\(argument)'") }
        operands.append(argument)
        continue
      }
      if argument == "--help" {
        values["help"] = [""]
        continue
      }
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard let option = options.first(where: { $0.name == name }) else {
        throw UsageError("unknown option '--\(name)'")
      }
      if option.value == nil {
        guard parts.count == 1 else { throw UsageError("option '--\(name)' takes no value") }
        values[name, default: []].append("")
      } else if let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() {
        values[name, default: []].append(value)
      } else {
        throw UsageError("option '--\(name)' needs a value")
      }
    }
  }

  /// Whether an option was given at all.
  public func has(_ name: String) -> Bool { values[name] != nil }

  /// The value of an option; the last one if it was given several times.
  public func value(_ name: String) -> String? { values[name]?.last }

  /// All values of an option, in order.
  public func values(_ name: String) -> [String] { values[name] ?? [] }

  /// The value of an option as a number.
  ///
  /// - Throws: `UsageError` if it is none or outside of `range`.
  public func number(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "option '--\(name)' takes a number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
    }
    return number
  }

  /// The text of `--help`: a line per option, their explanations in a column.
  public static func help(_ options: [Option]) -> String {
    help(groups: [options])
  }

  /// The text of `--help` for options in groups, with an empty line between them and one column for all.
  public static func help(groups: [[Option]]) -> String {
    var groups = groups.filter { !$0.isEmpty }
    groups.append((groups.popLast() ?? []) + [Option("help", "Show this text.")])
    let width = groups.joined().map(\.title.count).max() ?? 0
    return groups.map { group in
      group.map { option in
        option.title + String(repeating: " ", count: width - option.title.count + 2) + option.help + "\n"
      }.joined()
    }.joined(separator: "\n")
  }
}

extension CommandOptions.Option {
  fileprivate var title: String { "  --" + name + (value.map { " " + $0 } ?? "") }
}
