import BusSystem
import BusWire
import ProgramKit
import YAMLText

extension Option where Value == Bool {
  /// The option that all modules have for a simulated device: `bus.options[.sim]`.
  public static var sim: Option<Bool> { Option("sim", "Use a simulated device instead of a real one.") }
}

/// What a module was given, on its command line or in a file of settings: the options that all modules have, and its own.
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
  private static let settings = Option(
    "settings", value: "FILE", "Options from a file in YAML, such as /etc/framebus/modules/NAME.yaml.")
  private static let printSettings = Option(
    "print-settings", "Print the options that are in force, with where each comes from, and end.")
  /// What a file can say under `options:`.
  private static let settable: [any ProgramOption] = [bus, Option.sim, state, Log.Level.option]
  /// What a file says by keys of their own.
  private static let identity: [any ProgramOption] = [name, instance]
  private static let common = [bus] + identity + settable.dropFirst() + [settings, printSettings]

  package let configuration: BusConfiguration
  /// What to print instead of being a module; nil if that was not asked for.
  let settingsText: String?

  /// - Parameters:
  ///   - program: the path that the program was called by; its name is the default name of the module.
  ///   - arguments: what follows it.
  ///   - own: the options of this module alone.
  /// - Throws: `UsageError` if the arguments mean nothing, `SettingsError` if something is wrong in the file.
  package init(
    program: String, arguments: some Sequence<String>, own: [any ProgramOption] = []
  ) throws {
    Self.checkAreFree(own)
    var given = try GivenOptions(arguments, own + Self.common)
    if !given.wantsHelp, let path = given[Self.settings] {
      if let address = ServiceManager.environment("FRAMEBUS") {
        try given.add(address, for: Self.bus, fromVariable: "FRAMEBUS")
      }
      try given.add(Self.settings(in: path, own))
    }
    settingsText =
      given[Self.printSettings] ? given.settingsText(Self.identity + own + Self.settable) : nil
    var configuration = BusConfiguration(name: given[Self.name] ?? Self.defaultName(of: program))
    configuration.address = given[Self.bus]
    configuration.instance = given[Self.instance]
    configuration.stateFolder = given[Self.state] ?? BusConfiguration.usualStateFolder
    configuration.log = Log(level: given[Log.Level.option])
    configuration.options = given
    self.configuration = configuration
  }

  private static func settings(in path: String, _ own: [any ProgramOption]) throws -> [OptionSetting] {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try FileDescriptor.contents(of: path, bytesMax: SourceText.bytesMax)
    } catch {
      throw UsageError("cannot read the settings: \(error)")
    }
    var reading = OptionReading()
    return try reading.read(bytes, path: path, advice: "options of a module need a few lines") { reading, root in
      guard let root, let pairs = reading.pairs(of: root, called: "the settings") else { return [] }
      for pair in pairs {
        switch pair.key.value {
        case "program": break
        case "options":
          for option in reading.pairs(of: pair.value, called: "'options'") ?? [] {
            reading.option(option, own + settable, of: "'options'")
          }
        default: reading.option(pair, identity, others: ["program", "options"], of: "the settings")
        }
      }
      return reading.settings
    }
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

  /// Its man page and completions.
  static func manual(program: String, own: [any ProgramOption] = []) -> ProgramManual {
    ProgramManual(
      name: fileName(of: program), version: ClientVersion.text, summary: "a module on a Framebus",
      details: "It connects to the manager, and takes part until a signal ends it.", options: own + common)
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
