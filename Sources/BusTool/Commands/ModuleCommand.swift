import BusClient
import BusSystem
import YAMLText

/// `framebus module`: becomes a module that a file describes. systemd starts modules with it.
struct ModuleCommand: Command {
  static let name = "module"
  static let operands = "NAME|FILE"
  static let operandsMax = 1
  static let summary = "Starts a module as its file in \(ModuleFile.folder) says."
  static let details = """
    The file has 'program:', and as far as they are not the usual ones 'name:', 'instance:' and 'options:' with the
    program's own options by their long names. A program that is not made with the SDK gets 'arguments: [...]' instead of
    these three. systemd does the same for each NAME with 'systemctl enable --now bus-module@NAME'.

    The command becomes the program, so the exit code is the program's.
    """
  private static let check = Option(
    "check", "Start nothing: print the options that are in force, with where each comes from, or what is wrong.")
  static let options: [any ProgramOption] = [check]

  private let path: String
  private let isCheck: Bool

  init(_ given: GivenOptions) throws(UsageError) {
    guard let operand = given.operands.first else { throw UsageError("name a module, or a file") }
    path = operand.contains("/") ? operand : "\(ModuleFile.folder)/\(operand).yaml"
    isCheck = given[Self.check]
  }

  func run(_ place: BusPlace, _ console: Console) throws(ToolError) {
    let file: ModuleFile
    do {
      file = try ModuleFile(path: path)
    } catch let error as SettingsError {
      for diagnostic in error.diagnostics { console.warn("\(diagnostic.text)\n") }
      throw ToolError(.usage, "\(path) \(error.summary)")
    } catch {
      throw ToolError(.usage, "\(error)")
    }
    guard isCheck, !file.readsSettings else {
      throw ToolError("\(BusSystem.Process.become(file.command + (isCheck ? ["--print-settings"] : [])))")
    }
    try console.print(file.command.joined(separator: " ") + "\n")
  }
}
