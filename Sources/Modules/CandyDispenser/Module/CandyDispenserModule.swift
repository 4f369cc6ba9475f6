import BusClient
import CandyDispenserProtocol
import Frames

/// A candy dispenser on the bus: commands become candies, and what happens to each is reported.
@main
struct CandyDispenserModule: Module, ~Copyable {
  private static let port = Option(
    "port", value: "PATH", "The dispenser's serial port, best one of /dev/serial/by-id.")
  private static let baud = Option(
    "baud", default: 9600, in: 50...4_000_000, "Bits per second; over USB it does not matter")
  private static let unpaced = Option(
    "unpaced", "Ask for the next candy before the last one was taken. The firmware then miscounts hands.")
  private static let takenTimeout = Option(
    "taken-timeout", default: .seconds(60), in: .seconds(1) ... .seconds(86_400), unit: .seconds,
    "After this long a candy counts as not taken")
  private static let jamTimeout = Option(
    "jam-timeout", default: .seconds(15), in: .seconds(1) ... .seconds(80), unit: .seconds,
    "After this long without a candy a jam is suspected")
  static let options: [any ProgramOption] =
    [port, baud, unpaced, takenTimeout, jamTimeout] + SimulatedDispenser.options

  let bus: Bus
  var host: CandyHost
  var line: SerialLine
  /// What came from the line and was not handed on yet.
  var input: [UInt8] = []
  var simulation: SimulatedDispenser?
  var tally = CandyTally()
  var jobs: Jobs<CandyDispense>
  var book = CandyBook()
  /// The request of a reset whose end was not reported yet.
  var reset: UInt32?
  /// Whether the log says that the line took too little; once for each time that it is opened.
  var isLineStuck = false
  /// When the line may be opened again that the host gave up; nil while it may be open.
  var reopenAt: UInt64?
  /// What a broken line alone brings about goes out once a second.
  var publisher = StatusPublisher<CandyStatus> { sent, new in
    var sent = sent
    (sent.noise, sent.unexpected) = (new.noise, new.unexpected)
    return sent != new
  }

  static func main() { main(simulation: SimulatedDispenser.self) }

  init(bus: Bus) throws {
    let options = bus.options
    try options.checkConnection(
      of: "the dispenser's", real: [Self.port], simulation: SimulatedDispenser.options)
    let host = CandyHost(settings: Self.settings(options))
    let simulation: SimulatedDispenser?
    let line: SerialLine
    if options[.sim] {
      let dispenser = try SimulatedDispenser(bus: bus)
      line = try SerialLine(path: dispenser.path, baud: 9600)
      simulation = consume dispenser
    } else {
      simulation = nil
      line = try SerialLine(path: options[Self.port] ?? "", baud: options[Self.baud])
    }
    let jobs = try Jobs<CandyDispense>(bus) { CandyOutcome(abandoned: $0) }
    bus.wake(on: line.descriptor)
    bus.listen(for: Self.subscriptions(bus, isSimulated: options[.sim]))
    self.bus = bus
    self.jobs = jobs
    self.host = host
    self.line = line
    self.simulation = simulation
  }

  private static func settings(_ options: GivenOptions) -> CandyHost.Settings {
    var settings = CandyHost.Settings()
    settings.isPaced = !options[unpaced]
    settings.takenSeconds = UInt32(options[takenTimeout].inNanoseconds / 1_000_000_000)
    settings.jamSeconds = UInt32(options[jamTimeout].inNanoseconds / 1_000_000_000)
    return settings
  }

  private static func subscriptions(_ bus: Bus, isSimulated: Bool) -> [Subscription] {
    let instance = bus.configuration.instance
    var commands: [FrameType] = [.candyDispense, .candyCancel, .candyReset, .candyDisconnect, .candyConnect]
    if isSimulated { commands.append(.candySimulate) }
    return commands.map { Subscription($0, instance: instance, requests: false) }
      + [Subscription(.candyStatus, instance: instance, values: false)]
  }

  mutating func process() throws {
    try simulation?.process(at: bus.now)
    let now = bus.now.inNanoseconds
    turnLine(at: now)
    let failure = handleFrames(at: now)
    host.tick(at: now)
    startJobs(at: now)
    try carryOut(at: now)
    jobs.commit()
    try publisher.publish(status, on: bus)
    bus.wake(at: deadline(reopenAt))
    if let failure { throw failure }
  }

  /// When something is due next.
  private mutating func deadline(_ other: UInt64? = nil) -> Duration? {
    [host.deadline, simulation?.deadline?.inNanoseconds, other].compactMap(\.self).min().map { .nanoseconds($0) }
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
