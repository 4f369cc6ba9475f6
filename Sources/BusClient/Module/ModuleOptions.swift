import BusSystem
import BusWire
import ProgramKit

/// What a module was given on its command line: the options that all modules have, and its own.
package struct ModuleOptions {
  private static let common: [CommandOptions.Option] = [
    .init(
      "bus", value: "ADDRESS",
      "The manager: HOST:PORT or the path of its Unix socket ($FRAMEBUS, else the usual places)."),
    .init("name", value: "NAME", "Name of this module on the bus."),
    .init("instance", value: "N", "Which of several equal devices this is, 0 to 255 (0)."),
    .init("sim", "Use a simulated device instead of a real one."),
    .init("log-level", value: "LEVEL", "debug, info, warning or error (info)."),
  ]

  package let configuration: BusConfiguration
  let wantsHelp: Bool

  /// - Parameters:
  ///   - program: the path that the program was called by; its name is the default name of the module.
  ///   - own: the options of this module alone.
  package init(
    program: String, arguments: some Sequence<String>, own: [CommandOptions.Option] = []
  ) throws(CommandOptions.UsageError) {
    Self.checkAreFree(own)
    let given = try CommandOptions(arguments, own + Self.common)
    wantsHelp = given.has("help")
    var configuration = BusConfiguration(name: given.value("name") ?? Self.defaultName(of: program))
    if let address = given.value("bus") {
      do throws(BusAddress.ParseError) {
        configuration.address = try BusAddress(address)
      } catch {
        throw CommandOptions.UsageError("--bus: \(error)")
      }
    }
    if let instance = try given.number("instance", in: 0...255) { configuration.instance = UInt8(instance) }
    if let name = given.value("log-level") {
      guard let level = Log.Level(rawValue: name) else {
        throw CommandOptions.UsageError("--log-level: '\(name)' is none of debug, info, warning, error")
      }
      configuration.log = Log(level: level)
    }
    configuration.options = given
    self.configuration = configuration
  }

  /// One name cannot mean two things.
  private static func checkAreFree(_ own: [CommandOptions.Option]) {
    var taken = Set(common.map(\.name) + ["help"])
    for option in own {
      precondition(
        taken.insert(option.name).inserted,
        "the module's option '--\(option.name)' has the name of another option; all modules have --\(commonNames)")
    }
  }

  private static var commonNames: String { (common.map(\.name) + ["help"]).joined(separator: ", --") }

  /// The text of `--help`: the module's own options first.
  static func help(program: String, own: [CommandOptions.Option] = []) -> String {
    "Usage: \(fileName(of: program)) [OPTION]...\n\n\(CommandOptions.help(groups: [own, common]))"
  }

  static func fileName(of program: String) -> String {
    String(program.split(separator: "/").last ?? "module")
  }

  private static func defaultName(of program: String) -> String {
    let file = fileName(of: program)
    return file.hasSuffix("-module") && file != "-module" ? String(file.dropLast("-module".count)) : file
  }
}
