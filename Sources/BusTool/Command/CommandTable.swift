import BusSchema

/// The commands, in the order of the help.
enum CommandTable {
  static let all: [any Command.Type] = [
    ListCommand.self, ListenCommand.self, HzCommand.self, SendCommand.self, RequestCommand.self, SchemaCommand.self,
    PipeCommand.self, DoctorCommand.self, NewCommand.self,
  ]

  static func command(named name: String) throws(ToolError) -> any Command.Type {
    if let command = all.first(where: { $0.name == name }) { return command }
    let advice = Nearest.advice(for: name, among: all.map { $0.name })
    throw ToolError(.usage, "there is no command '\(name)'; \(advice)'framebus --help' lists them")
  }
}
