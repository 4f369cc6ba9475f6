import BusNet
import BusWire

/// The options that all modules have.
struct ModuleOptions {
  static let common: [CommandOptions.Option] = [
    .init(
      "bus", value: "ADDRESS",
      "The manager: HOST:PORT or the path of its Unix socket ($FRAMEBUS, else the usual places)."),
    .init("name", value: "NAME", "Name of this module on the bus."),
    .init("instance", value: "N", "Which of several equal devices this is, 0 to 255 (0)."),
    .init("log-level", value: "LEVEL", "debug, info, warning or error (info)."),
  ]

  let configuration: BusConfiguration
  let wantsHelp: Bool

  /// - Parameter program: the path that the program was called by; its name is the default name of the module.
  init(program: String, arguments: some Sequence<String>) throws(CommandOptions.UsageError) {
    let given = try CommandOptions(arguments, Self.common)
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
    self.configuration = configuration
  }

  static func help(program: String) -> String {
    "Usage: \(fileName(of: program)) [OPTION]...\n\n\(CommandOptions.help(common))"
  }

  static func fileName(of program: String) -> String {
    String(program.split(separator: "/").last ?? "module")
  }

  private static func defaultName(of program: String) -> String {
    let file = fileName(of: program)
    return file.hasSuffix("-module") && file != "-module" ? String(file.dropLast("-module".count)) : file
  }
}
