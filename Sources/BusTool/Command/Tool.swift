import BusClient

/// The tool without its process: arguments in, text and an exit code out.
enum Tool {
  static let commonOptions: [CommandOptions.Option] = [
    .init(
      "bus", value: "ADDRESS",
      "The manager: HOST:PORT or the path of its Unix socket ($FRAMEBUS, else the usual places)."),
    .init("no-color", "No colours, not even on a terminal (as with $NO_COLOR)."),
  ]

  static func run(_ arguments: some Sequence<String>, _ console: Console) -> ExitCode {
    do throws(ToolError) {
      try run(Invocation(arguments), console)
      return .ok
    } catch {
      if !error.message.isEmpty { console.note(error.message) }
      return error.code
    }
  }

  private static func run(_ invocation: Invocation, _ console: Console) throws(ToolError) {
    switch invocation {
    case .help: try console.print(help)
    case .commandHelp(let command): try console.print(command.help)
    case .version: try console.print("framebus \(ClientVersion.text), wire protocol \(WireProtocol.version)\n")
    case .command(let command, let options):
      var console = console
      if options.has("no-color") { console.isTerminal = false }
      let prepared: any Command
      do throws(CommandOptions.UsageError) {
        prepared = try command.init(options)
      } catch {
        throw ToolError(.usage, "\(error); try 'framebus \(command.name) --help'")
      }
      let session = try BusSession(address: options.value("bus"), prepared.role)
      defer { session.stop() }
      try prepared.run(on: session, console)
    }
  }

  static var help: String {
    let width = CommandTable.all.map { $0.name.count }.max() ?? 0
    let commands = CommandTable.all.map { command in
      "  " + command.name + String(repeating: " ", count: width - command.name.count + 2) + command.summary + "\n"
    }
    return """
      framebus: looks at a Framebus and takes part in it by hand.

      Usage: framebus COMMAND [ARGUMENT]... [OPTION]...

      \(commands.joined())
      'framebus COMMAND --help' tells more about each. All of them take:

      \(CommandOptions.help(commonOptions + [.init("version", "Show the version.")]))
      \(ExitCode.help)

      """
  }
}
