/// The names of commands: `RESERVED`, `SEND_IDN`, and those that an application adds.
public struct EvominCommandTable: Sendable {
  private var names = [(command: EvominCommand, name: String)]()

  public init() {
    names = [(.reserved, "RESERVED"), (.sendIDN, "SEND_IDN")]
  }

  /// Names a command.
  ///
  /// - Throws: `EvominError.nameTaken` if the command or the name is in the table already.
  public mutating func add(_ name: String, _ command: EvominCommand) throws(EvominError) {
    guard !names.contains(where: { $0.name == name || $0.command == command }) else {
      throw .nameTaken(name: name, command: command)
    }
    names.append((command, name))
  }

  /// The name of a command, or its number if it has none.
  public func name(of command: EvominCommand) -> String {
    names.first { $0.command == command }?.name ?? command.description
  }

  /// The command of a name.
  public subscript(name: String) -> EvominCommand? { names.first { $0.name == name }?.command }
}
