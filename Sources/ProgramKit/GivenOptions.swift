/// What a program was given: on its command line, and behind that in its environment and its file of settings.
public struct GivenOptions: Sendable {
  struct Given: Sendable {
    let value: any Sendable
    let texts: [String]
    let origin: OptionOrigin
  }

  private(set) var values: [String: Given] = [:]
  /// What is not an option, in order.
  public private(set) var operands: [String] = []
  /// Whether `--help` or `-h` was given; then what else was given does not matter.
  public private(set) var wantsHelp = false
  /// Whether `--version` was given.
  public private(set) var wantsVersion = false

  /// Nothing: every option has its default.
  public init() {}

  /// Reads the arguments of a program, its own name not among them. Every program takes `--help`, `-h` and `--version`.
  ///
  /// - Parameters:
  ///   - arguments: options as `--name value`, `--name=value` or `--switch`, and operands.
  ///   - options: the ones that there are.
  ///   - operandsMax: how many arguments that are not options it takes.
  /// - Throws: `UsageError` for an unknown option, a value that is missing or not taken, or a superfluous argument.
  public init(
    _ arguments: some Sequence<String>, _ options: [any ProgramOption], operandsMax: Int = 0
  ) throws(UsageError) {
    var texts: [String: [String]] = [:]
    var rest = Array(arguments)[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--help", "-h": wantsHelp = true
      case "--version": wantsVersion = true
      case _ where argument.hasPrefix("--") && argument.count > 2:
        let (name, text) = try Self.read(argument, options, &rest)
        texts[name, default: []].append(text)
      case _ where argument.hasPrefix("-") && argument.count > 1: throw UsageError("unknown option '\(argument)'")
      default:
        guard operands.count < operandsMax else { throw UsageError("unexpected argument '\(argument)'") }
        operands.append(argument)
      }
    }
    if wantsHelp { return }
    for option in options {
      if let texts = texts[option.name] { try add(texts, for: option, from: .commandLine) }
    }
  }

  /// Gives an option a value, unless it has one already.
  mutating func add(_ texts: [String], for option: any ProgramOption, from origin: OptionOrigin) throws(UsageError) {
    guard values[option.name] == nil else { return }
    values[option.name] = Given(value: try option.value(of: texts), texts: texts, origin: origin)
  }

  func texts(of option: any ProgramOption) -> [String] { values[option.name]?.texts ?? [] }

  /// Where an option has its value from.
  package func origin(of option: any ProgramOption) -> OptionOrigin { values[option.name]?.origin ?? .standard }

  /// An option and its value, which may be the next argument.
  private static func read(
    _ argument: String, _ options: [any ProgramOption], _ rest: inout ArraySlice<String>
  ) throws(UsageError) -> (name: String, text: String) {
    let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let option = options.first(where: { $0.name == name }) else { throw UsageError("unknown option '--\(name)'") }
    if option.placeholder == nil {
      guard parts.count == 1 else { throw UsageError("option '--\(name)' takes no value") }
      return (name, "")
    }
    guard let text = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
      throw UsageError("option '--\(name)' needs a value")
    }
    return (name, text)
  }

  /// The value of an option, or its default.
  public subscript<Value>(_ option: Option<Value>) -> Value {
    values[option.name]?.value as? Value ?? option.defaultValue
  }

  /// Whether an option was given at all.
  public func isGiven(_ option: any ProgramOption) -> Bool { values[option.name] != nil }

  /// What every program takes.
  static let everywhere: [any ProgramOption] = [
    Option("version", "Show the version."), Option("help", "Show this text."),
  ]

  /// The text of `--help` for options in groups, with an empty line between them and one column for all.
  public static func help(_ groups: [any ProgramOption]...) -> String {
    var groups = groups.filter { !$0.isEmpty }
    groups.append((groups.popLast() ?? []) + everywhere)
    let width = groups.joined().map { $0.title.count }.max() ?? 0
    var text = ""
    for group in groups {
      if !text.isEmpty { text += "\n" }
      for option in group {
        text += option.title + String(repeating: " ", count: width - option.title.count + 2) + option.help + "\n"
      }
    }
    return text
  }
}

extension ProgramOption {
  fileprivate var title: String { "  --" + name + (placeholder.map { " " + $0 } ?? "") }
}
