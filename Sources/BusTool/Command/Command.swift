import BusClient

/// One command of the tool. A new one is a file of its own and an entry in `CommandTable`.
protocol Command: Sendable {
  /// The word that calls it.
  static var name: String { get }
  /// What follows the word, such as `FRAME [FIELD=VALUE...]`.
  static var operands: String { get }
  /// How many arguments that are not options it takes.
  static var operandsMax: Int { get }
  /// One line for the list of commands.
  static var summary: String { get }
  /// What else its `--help` says.
  static var details: String { get }
  static var options: [any ProgramOption] { get }
  /// Options whose value may be left out.
  static var optionalValues: Set<String> { get }
  /// The options that it shares with others.
  static var commonOptions: [any ProgramOption] { get }

  /// - Throws: `UsageError` if the arguments mean nothing.
  init(_ given: GivenOptions) throws(UsageError)

  func run(_ place: BusPlace, _ console: Console) throws(ToolError)
}

extension Command {
  static var optionalValues: Set<String> { [] }
  static var commonOptions: [any ProgramOption] { [] }

  static var help: String {
    """
    \(summary)

    Usage: framebus \(name) \(operands.isEmpty ? "" : operands + " ")[OPTION]...

    \(details)

    \(GivenOptions.help(options + commonOptions))
    \(ExitCode.help)

    """
  }
}

/// A command that needs a bus to begin with.
protocol BusCommand: Command {
  /// Who the tool is on the bus meanwhile.
  var role: ClientRole { get }

  func run(on session: BusSession, _ console: Console) throws(ToolError)
}

extension BusCommand {
  static var commonOptions: [any ProgramOption] { BusPlace.options }

  /// Most commands look on.
  var role: ClientRole { .observer }

  func run(_ place: BusPlace, _ console: Console) throws(ToolError) {
    let session = try BusSession(place, role)
    defer { session.stop() }
    try session.connect(console)
    try run(on: session, console)
  }
}
