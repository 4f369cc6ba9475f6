import BusClient
import EvominBridgeProtocol
import Frames

/// A microcontroller that speaks evoMIN, on the bus: its commands become frames, and frames become commands.
@main
struct EvominBridgeModule: Module, ~Copyable {
  static let options = BridgeOptions.list

  let bus: Bus
  let map: EvominMap
  var line: any DeviceLine
  var simulation: SimulatedMicrocontroller?
  var jobs: Jobs<EvominToDevice>
  var orders = Orders()
  /// How many orders that are no job with an id may wait.
  private let queueMax: Int
  var tally = BridgeTally()
  var backlog = Backlog()
  var publisher = StatusPublisher<EvominStatus> { $0.open != $1.open || $0.reason != $1.reason }

  static func main() { main(simulation: SimulatedMicrocontroller.self) }

  init(bus: Bus) throws {
    let options = try BridgeOptions(bus)
    let settings = options.settings
    let map = try options.map(settings)
    var simulation = bus.options[.sim] ? try SimulatedMicrocontroller(bus: bus) : nil
    let line = try options.line(settings, simulatedPath: simulation?.path)
    let jobs = try Jobs<EvominToDevice>(bus) { EvominResult(abandoned: $0) }
    if let descriptor = line.descriptor { bus.wake(on: descriptor) }
    self.bus = bus
    self.jobs = jobs
    queueMax = options.queueMax
    self.map = map
    self.line = line
    self.simulation = simulation.take()
    bus.listen(for: subscriptions)
  }

  private var subscriptions: [Subscription] {
    let own = bus.configuration.instance
    var all = [
      Subscription(.evominToDevice, instance: own, requests: false),
      Subscription(.evominStatus, instance: own, values: false),
    ]
    if simulation != nil { all.append(Subscription(.evominSimulate, instance: own, requests: false)) }
    for route in map.routes {
      if route.goesToDevice { all.append(Subscription(route.frame, instance: route.instance, requests: false)) }
      if route.takesRequests { all.append(Subscription(route.frame, instance: route.instance, values: false)) }
    }
    return all
  }

  mutating func process() throws {
    let now = bus.now.inNanoseconds
    try simulation?.process(at: bus.now)
    line.turn(at: now)
    try reportEvents()
    let isAllTaken = try handleFrames(at: now)
    // Once a turn, as each time costs a write to the disk.
    startJobs(at: now)
    try reportEvents()
    jobs.commit()
    try simulation?.process(at: bus.now)
    try publish()
    let deadline = isAllTaken ? [line.deadline, simulation?.deadline?.inNanoseconds].compactMap(\.self).min() : now
    bus.wake(at: deadline.map { .nanoseconds($0) })
  }

  private mutating func publish() throws {
    try backlog.flush(on: bus)
    // A manager that takes no events takes no status either, and to ask it costs a second.
    if backlog.count == 0 { try publisher.publish(status, on: bus) }
  }

  /// Frames that are handled in one turn. What is refused takes no room in the line, and a whole inbox of it would keep the
  /// bridge from a port on which acknowledgements are due within milliseconds.
  private static let framesMax = 256

  /// What there is no room for stays in the inbox, and when that is full the bus holds back whoever sends it. Without a
  /// manager nothing is begun: its result might be one more than are kept.
  ///
  /// - Returns: false if more is to be taken at once.
  private mutating func handleFrames(at now: UInt64) throws -> Bool {
    for _ in 0..<Self.framesMax {
      guard bus.isConnected, orders.unnumberedCount < queueMax, let frame = bus.nextFrame() else { return true }
      try handle(frame, at: now)
      try reportEvents()
    }
    return false
  }

  /// Frames that are refused at the end, so that who sent them need not wait.
  private static let lastFramesMax = 1024

  /// What waits for the device is given up and reported.
  mutating func stop() {
    let now = bus.now.inNanoseconds
    line.close(at: now)
    try? reportEvents()
    tally.reason = "the bridge ends"
    for _ in 0..<Self.lastFramesMax {
      guard let frame = bus.nextFrame() else { break }
      try? handle(frame, at: now)
    }
    jobs.commit()
    simulation = nil
    publisher.sendAgain()
    try? publish()
  }
}
