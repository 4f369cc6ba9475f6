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

  private let bus: Bus
  private var host: CandyHost
  private var line: CandyLine
  private var simulation: SimulatedDispenser?
  private var orders: CandyOrders
  private var tally = CandyTally()

  static func main() { main(simulation: SimulatedDispenser.self) }

  init(bus: Bus) throws {
    let options = bus.options
    try options.checkConnection(
      of: "the dispenser's", real: [Self.port], simulation: SimulatedDispenser.options)
    let host = CandyHost(settings: Self.settings(options))
    let simulation: SimulatedDispenser?
    let line: CandyLine
    if options[.sim] {
      let dispenser = try SimulatedDispenser(bus: bus)
      line = try CandyLine(path: dispenser.path, baud: 9600, log: bus.log)
      simulation = consume dispenser
    } else {
      simulation = nil
      line = try CandyLine(path: options[Self.port] ?? "", baud: options[Self.baud], log: bus.log)
    }
    let orders = try CandyOrders(bus)
    bus.wake(on: line.descriptor)
    bus.listen(for: Self.subscriptions(bus, isSimulated: options[.sim]))
    self.bus = bus
    self.orders = orders
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
    if let reason = line.turn(for: &host, at: now) { tally.explain(reason) }
    let failure = handleFrames(at: now)
    host.tick(at: now)
    for dispense in orders.start(&host, at: now) { tally.follow(dispense) }
    try carryOut(at: now)
    orders.commit()
    try tally.publish(host, on: bus)
    bus.wake(at: deadline)
    if let failure { throw failure }
  }

  /// When something is due next.
  private var deadline: Duration? {
    mutating get {
      [host.deadline, simulation?.deadline?.inNanoseconds, line.deadline].compactMap(\.self).min()
        .map { .nanoseconds($0) }
    }
  }

  /// Does what the frames ask for. One that is broken keeps neither the others nor the dispenser waiting.
  ///
  /// - Returns: what was wrong with the first of those.
  private mutating func handleFrames(at now: UInt64) -> (any Error)? {
    var failure: (any Error)?
    // Without a manager nothing is begun: its outcome might be one more than are kept.
    while bus.isConnected, bus.hasData {
      do {
        try handle(try bus.getData(), at: now)
      } catch {
        failure = failure ?? error
      }
    }
    return failure
  }

  private mutating func handle(_ frame: Frame, at now: UInt64) throws {
    if frame.isRequest {
      tally.publishAgain()
    } else if let simulate = try frame.decode(CandySimulate.self) {
      try simulation?.apply(simulate, at: bus.now)
    } else {
      try orders.handle(frame, &host, at: now)
    }
  }

  /// Does what the host wants done.
  private mutating func carryOut(at now: UInt64) throws {
    while let action = host.nextAction() {
      switch action {
      case .send(let packet): line.write(packet)
      case .reopen(let seconds): line.reopen(in: seconds, at: now)
      case .event(let event):
        tally.count(event)
        explain(event)
        try orders.report(event)
      }
    }
  }

  /// Says in the log and the status why the link is as it is.
  private mutating func explain(_ event: CandyEvent) {
    switch event {
    case .connected(let firmware): setReason(.info, "connected", "firmware \(firmware)")
    case .lost(let loss): setReason(.warning, "lost", "\(loss)")
    case .disconnected: setReason(.info, "disconnected", "disconnected on request")
    case .notFound:
      setReason(.warning, "not_found", "nothing at \(line.path) answers; is it the dispenser's data port?")
    case .echo: setReason(.warning, "echo", "\(line.path) sends back what it is sent; it is no dispenser")
    case .unexpected(let message):
      // Once for each kind: a dispenser that has lost count repeats itself. The status has how many there were.
      bus.log.once(
        .warning, "unexpected", cause: "\(message)",
        ["message": "\(message)", "credited_to": "nobody", "total": "in CANDY_STATUS"])
    default: break
    }
  }

  private mutating func setReason(_ level: Log.Level, _ event: String, _ reason: String) {
    tally.explain(reason)
    bus.log(level, event, ["path": line.path, "reason": reason])
  }

  /// Sets the dispenser free, so that whoever comes next need not wait until it has noticed.
  mutating func stop() {
    try? host.disconnect(at: bus.now.inNanoseconds)
    while host.state == .disconnecting {
      try? process()
      let descriptors = [line.descriptor, simulation?.descriptor].compactMap(\.self)
      bus.wait(for: descriptors, until: deadline ?? bus.now)
    }
    try? process()
    line.close()
    simulation = nil
  }
}
