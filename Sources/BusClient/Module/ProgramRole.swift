import BusSystem
import ProgramKit

/// Something that the program of a module can be instead of the module: a helper process of its own, or a command that
/// needs no bus.
public protocol ProgramRole {
  /// The switch that chooses it.
  static var option: Option<Bool> { get }
  /// Its options beside that.
  static var options: [any ProgramOption] { get }
  /// Does its work; the process ends when it returns. What it throws is reported, with exit code 2 if it is a
  /// `UsageError`.
  static func run(_ options: GivenOptions) throws
}

extension ProgramRole {
  static func isAsked(for arguments: [String]) -> Bool { arguments.dropFirst().contains("--" + option.name) }

  /// The process in this role, to its end.
  static func main(_ arguments: [String]) -> Never {
    Process.prepareStandardStreams()
    let program = ModuleOptions.fileName(of: arguments.first ?? "module")
    do {
      let given = try GivenOptions(arguments.dropFirst(), [option] + options)
      if given.wantsHelp {
        print(
          "Usage: \(program) --\(option.name) [OPTION]...\n\n\(GivenOptions.help([option] + options))", terminator: "")
      } else {
        try run(given)
      }
      Process.exit(0)
    } catch {
      FileDescriptor.standardError.write("\(program) --\(option.name): \(error)\n")
      Process.exit(error is UsageError ? 2 : 1)
    }
  }
}
