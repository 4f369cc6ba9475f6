import BusSystem
import BusWire
import ProgramKit

extension Option where Value == Bool {
  /// The option that all modules have for a simulated device: `bus.options[.sim]`.
  public static var sim: Option<Bool> { Option("sim", "Use a simulated device instead of a real one.") }
}

/// What a module was given on its command line: the options that all modules have, and its own.
package struct ModuleOptions {
  package static let bus = Option<BusAddress?>(
    "bus", value: "ADDRESS", default: nil,
    "The manager: HOST:PORT or the path of its Unix socket ($FRAMEBUS, else the usual places)."
  ) { try BusAddress($0) }
  private static let name = Option("name", value: "NAME", "Name of this module on the bus.")
  private static let instance = Option<UInt8>(
    "instance", default: 0, in: 0...255, "Which of several equal devices this is")
  private static let state = Option(
    "state", value: "DIR", "Where it keeps what must outlive it ($STATE_DIRECTORY, else ~/.local/state/framebus).")
  private static let common: [any ProgramOption] = [bus, name, instance, Option.sim, state, Log.Level.option]

  package let configuration: BusConfiguration

  /// - Parameters:
  ///   - program: the path that the program was called by; its name is the default name of the module.
  ///   - arguments: what follows it.
  ///   - own: the options of this module alone.
  /// - Throws: `UsageError` if the arguments mean nothing.
  package init(
    program: String, arguments: some Sequence<String>, own: [any ProgramOption] = []
  ) throws(UsageError) {
    Self.checkAreFree(own)
    let given = try GivenOptions(arguments, own + Self.common)
    var configuration = BusConfiguration(name: given[Self.name] ?? Self.defaultName(of: program))
    configuration.address = given[Self.bus]
    configuration.instance = given[Self.instance]
    configuration.stateFolder = given[Self.state] ?? BusConfiguration.usualStateFolder
    configuration.log = Log(level: given[Log.Level.option])
    configuration.options = given
    self.configuration = configuration
  }

  /// One name cannot mean two things.
  private static func checkAreFree(_ own: [any ProgramOption]) {
    var taken = Set(commonNames)
    for option in own {
      precondition(
        taken.insert(option.name).inserted,
        "the module's option '--\(option.name)' has the name of another option; all modules have --"
          + commonNames.joined(separator: ", --"))
    }
  }

  private static var commonNames: [String] { common.map(\.name) + ["version", "help"] }

  /// The text of `--help`: the module's own options first.
  static func help(program: String, own: [any ProgramOption] = []) -> String {
    "Usage: \(fileName(of: program)) [OPTION]...\n\n\(GivenOptions.help(own, common))"
  }

  /// The text of `--version`.
  static func version(program: String) -> String {
    "\(fileName(of: program)), Framebus \(ClientVersion.text), wire protocol \(WireProtocol.version)\n"
  }

  static func fileName(of program: String) -> String {
    String(program.split(separator: "/").last ?? "module")
  }

  private static func defaultName(of program: String) -> String {
    let file = fileName(of: program)
    return file.hasSuffix("-module") && file != "-module" ? String(file.dropLast("-module".count)) : file
  }
}
