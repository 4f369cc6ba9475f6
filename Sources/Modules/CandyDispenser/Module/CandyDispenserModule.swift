import BusClient
import CandyDispenserProtocol
import Frames

/// A candy dispenser on the bus: commands become candies, and what happens to each is told.
struct CandyDispenserModule: Module, ~Copyable {
  static let options: [CommandOptions.Option] =
    [
      .init("port", value: "PATH", "The dispenser's serial port, best one of /dev/serial/by-id."),
      .init("baud", value: "N", "Bits per second (9600); over USB it does not matter."),
      .init("unpaced", "Ask for the next candy before the last one was taken. The firmware then miscounts hands."),
      .init("taken-timeout", value: "SECONDS", "After so long a candy counts as not taken (60)."),
      .init("jam-timeout", value: "SECONDS", "After so long without a candy a jam is suspected (15)."),
    ] + SimulatedDispenser.options

  let bus: Bus
  var host: CandyHost
  var line: SerialLine
  /// What came from the line and was not handed on yet.
  var input: [UInt8] = []
  var simulation: SimulatedDispenser?
  var tally = CandyTally()
  var backlog = Backlog()
  /// The request of a reset whose end was not told yet.
  var reset: UInt32?
  /// Messages that the log has named as unexpected.
  var warnedOf: Set<CandyMessage> = []
  /// Whether the log says that the line took too little; once for each time that it is opened.
  var isLineStuck = false
  /// When the line may be opened again that the host gave up; nil while it may be open.
  var reopenAt: UInt64?
  /// The status that the bus was told last, and when it may hear of mere counters again.
  var told: CandyStatus?
  var nextTold: UInt64 = 0

  init(bus: Bus) throws {
    let options = bus.options
    let host = CandyHost(settings: try Self.settings(options))
    let simulation: SimulatedDispenser?
    let line: SerialLine
    if options.has("sim") {
      guard !options.has("port") else { throw CommandOptions.UsageError("--sim and --port exclude each other") }
      let dispenser = try SimulatedDispenser(bus: bus)
      line = try SerialLine(path: dispenser.path, baud: 9600)
      simulation = consume dispenser
    } else {
      simulation = nil
      guard let port = options.value("port") else {
        throw CommandOptions.UsageError("give the dispenser's --port, or --sim for a simulated one")
      }
      for option in SimulatedDispenser.options where options.has(option.name) {
        throw CommandOptions.UsageError("--\(option.name) goes with --sim only")
      }
      line = try SerialLine(path: port, baud: try options.number("baud", in: 50...4_000_000) ?? 9600)
    }
    bus.wake(on: line.descriptor)
    bus.listen(for: Self.subscriptions(bus, isSimulated: options.has("sim")))
    self.bus = bus
    self.host = host
    self.line = line
    self.simulation = simulation
  }

  private static func settings(_ options: CommandOptions) throws(CommandOptions.UsageError) -> CandyHost.Settings {
    var settings = CandyHost.Settings()
    settings.isPaced = !options.has("unpaced")
    if let seconds = try options.number("taken-timeout", in: 1...86_400) { settings.takenSeconds = UInt32(seconds) }
    if let seconds = try options.number("jam-timeout", in: 1...80) { settings.jamSeconds = UInt32(seconds) }
    return settings
  }

  private static func subscriptions(_ bus: Bus, isSimulated: Bool) -> [Subscription] {
    let instance = bus.configuration.instance
    var commands: [FrameType] = [.candyDispense, .candyReset, .candyDisconnect, .candyConnect]
    if isSimulated { commands.append(.candySimulate) }
    return commands.map { Subscription($0, instance: instance, requests: false) }
      + [Subscription(.candyStatus, instance: instance, values: false)]
  }

  mutating func process() throws {
    let now = bus.now.inNanoseconds
    try simulation?.process(at: now)
    turnLine(at: now)
    let failure = handleFrames(at: now)
    host.tick(at: now)
    try carryOut(at: now)
    try tell(at: now)
    bus.wake(at: deadline(reopenAt))
    if let failure { throw failure }
  }

  /// When something is due next.
  private mutating func deadline(_ other: UInt64? = nil) -> Duration? {
    [host.deadline, simulation?.deadline, other].compactMap(\.self).min().map { .nanoseconds($0) }
  }

  /// Sets the dispenser free, so that whoever comes next need not wait until it has noticed.
  mutating func stop() {
    try? host.disconnect(at: bus.now.inNanoseconds)
    while host.state == .disconnecting {
      try? process()
      let descriptors = [line.descriptor, simulation?.descriptor].compactMap(\.self)
      bus.wait(for: descriptors, until: deadline() ?? bus.now)
    }
    try? process()
    line.close()
    simulation = nil
  }
}
