import BlenderProtocol
import BusClient

/// What the command line says about the bar.
struct BlenderOptions {
  static let arduino = Option("arduino", value: "PORT", "The serial port of the Arduino dispenser.")
  static let configuration = Option("config", value: "FILE", "The bar's configuration, a YAML file (docs/BLENDER.md).")
  private static let websocket = Option<BusAddress?>(
    "websocket", value: "ADDRESS", default: nil, "Where screens connect to (127.0.0.1:8765)."
  ) { try BusAddress($0) }
  private static let noWebsocket = Option("no-websocket", "No screens: orders come from the bus alone.")
  static let list: [any ProgramOption] =
    PumpLines.options + [arduino, configuration, websocket, noWebsocket, PumpsOffRole.option]

  private let options: GivenOptions

  /// - Throws: `UsageError` if they do not go together.
  init(_ options: GivenOptions) throws(UsageError) {
    try options.checkConnection(
      of: "one of", real: [PumpLines.gpio, Self.arduino], simulation: [PumpLines.file])
    if options[Self.noWebsocket], options[Self.websocket] != nil {
      throw UsageError("--websocket and --no-websocket exclude each other")
    }
    self.options = options
  }

  /// Whether the pumps are simulated ones.
  var isSimulated: Bool { options[.sim] }

  /// The path of the configuration.
  var configuration: String? { options[Self.configuration] }

  /// The port of the dispenser; nil if the pumps are at lines.
  var arduino: String? { options[Self.arduino] }

  /// The lines of the pumps: as the command line says, else as the configuration does, else the usual ones.
  ///
  /// - Throws: `UsageError` if simulated ones have no place.
  func lines(_ configuration: BarConfiguration, bus: Bus) throws(UsageError) -> PumpLines {
    let file = bus.configuration.statePath("pumps")
    guard let lines = PumpLines(options, configuration, simulatedAt: file) else {
      throw UsageError("there is no state folder for simulated pumps; give one with --state, or --sim-lines FILE")
    }
    return lines
  }

  /// The configuration with what the command line says about screens; nil if there are to be none.
  func screens(_ configuration: BarConfiguration) -> BarConfiguration? {
    guard !options[Self.noWebsocket] else { return nil }
    var configuration = configuration
    if let address = options[Self.websocket] { configuration.address = address }
    return configuration
  }
}
