import BusClient
import BusSchema

/// The tool without its process: arguments in, text and an exit code out.
enum Tool {
  static func run(_ arguments: some Sequence<String>, _ console: Console) -> ExitCode {
    do throws(ToolError) {
      if let text = try generated(for: arguments) {
        try console.print(text)
        return .ok
      }
      try run(Invocation(arguments), console)
      return .ok
    } catch {
      if !error.message.isEmpty { console.report(error.message) }
      return error.code
    }
  }

  private static func generated(for arguments: some Sequence<String>) throws(ToolError) -> String? {
    let manual = ProgramManual(
      name: "framebus", version: ClientVersion.text, summary: "looks at a Framebus and takes part in it by hand",
      details: "Commands that work on a bus take --bus; the others need none.\n\n\(ExitCode.help)", options: [],
      commands: CommandTable.all.map { command in
        .init(
          name: command.name, operands: command.operands, summary: command.summary, details: command.details,
          options: command.options + command.commonOptions)
      })
    do throws(UsageError) {
      return try manual.generated(for: arguments)
    } catch {
      throw ToolError(.usage, "\(error)")
    }
  }

  private static func run(_ invocation: Invocation, _ console: Console) throws(ToolError) {
    switch invocation {
    case .help: try console.print(help)
    case .commandHelp(let command): try console.print(command.help)
    case .version: try console.print("framebus \(ClientVersion.text), wire protocol \(WireProtocol.version)\n")
    case .command(let command, let options):
      var console = console
      if options[BusPlace.noColor] { console.isTerminal = false }
      let (prepared, place): (any Command, BusPlace)
      do throws(UsageError) {
        (prepared, place) = (try command.init(options), BusPlace(options))
      } catch {
        throw ToolError(.usage, "\(error); try 'framebus \(command.name) --help'")
      }
      try prepared.run(place, console)
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
      'framebus COMMAND --help' says more about each. Those that work on a bus take:

      \(GivenOptions.help(BusPlace.options))
      \(ExitCode.help)

      """
  }
}

/// The commands, in the order of the help.
enum CommandTable {
  static let all: [any Command.Type] = [
    ListCommand.self, ListenCommand.self, HzCommand.self, SendCommand.self, RequestCommand.self, SchemaCommand.self,
    PipeCommand.self, DoctorCommand.self, ModuleCommand.self, NewCommand.self,
  ]

  static func command(named name: String) throws(ToolError) -> any Command.Type {
    if let command = all.first(where: { $0.name == name }) { return command }
    let advice = Nearest.advice(for: name, among: all.map { $0.name })
    throw ToolError(.usage, "there is no command '\(name)'; \(advice)'framebus --help' lists them")
  }
}
