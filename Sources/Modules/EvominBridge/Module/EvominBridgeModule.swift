import BusClient
import EvominBridgeProtocol
import Frames

/// A microcontroller that speaks evoMIN, on the bus: its commands become frames, and frames become commands.
struct EvominBridgeModule: Module, ~Copyable {
  static let options = BridgeOptions.list

  let bus: Bus
  let map: EvominMap
  var line: any DeviceLine
  var simulation: SimulatedMicrocontroller?
  /// What the device was sent, until it is known what became of it.
  var orders: [EvominSendID: Order] = [:]
  var tally = BridgeTally()
  var backlog = Backlog()
  /// Causes that are in the log already.
  var reported: Set<String> = []
  var told: EvominStatus?
  var nextTold: UInt64 = 0

  init(bus: Bus) throws {
    let options = try BridgeOptions(bus)
    let settings = options.settings
    let map = try options.map(settings)
    var simulation = bus.options[.sim] ? try SimulatedMicrocontroller(bus: bus) : nil
    let line = try options.line(settings, simulatedPath: simulation?.path)
    if let descriptor = line.descriptor { bus.wake(on: descriptor) }
    self.bus = bus
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
    try simulation?.process(at: now)
    line.turn(at: now)
    try tellEvents(at: now)
    let isAllTaken = try takeFrames(at: now)
    try simulation?.process(at: now)
    try tell(at: now)
    let deadline = isAllTaken ? [line.deadline, simulation?.deadline].compactMap(\.self).min() : now
    bus.wake(at: deadline.map { .nanoseconds($0) })
  }

  /// Frames that are taken in one turn. What is refused takes no room in the line, and a whole inbox of it would keep the
  /// bridge from a port on which acknowledgements are due within milliseconds.
  private static let framesMax = 256

  /// What there is no room for stays in the inbox, and when that is full the bus holds back whoever sends it.
  ///
  /// - Returns: false if more is to be taken at once.
  private mutating func takeFrames(at now: UInt64) throws -> Bool {
    for _ in 0..<Self.framesMax {
      guard line.hasRoom, bus.hasData else { return true }
      try handle(try bus.getData(), at: now)
      try tellEvents(at: now)
    }
    return false
  }

  /// Frames that are refused at the end, so that who sent them need not wait.
  private static let lastFramesMax = 1024

  /// What waits for the device is given up and told.
  mutating func stop() {
    let now = bus.now.inNanoseconds
    line.close(at: now)
    try? tellEvents(at: now)
    tally.reason = "the bridge ends"
    for _ in 0..<Self.lastFramesMax {
      guard bus.hasData, let frame = try? bus.getData() else { break }
      try? handle(frame, at: now)
    }
    simulation = nil
    told = nil
    try? tell(at: now)
  }

  func log(_ level: Log.Level, _ event: String, _ fields: KeyValuePairs<String, String>) {
    bus.configuration.log(level, event, fields)
  }
}
