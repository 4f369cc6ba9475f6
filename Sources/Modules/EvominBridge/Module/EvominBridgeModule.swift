import BusClient
import EvominBridgeProtocol
import Frames

/// A microcontroller that speaks evoMIN, on the bus: its commands become frames, and frames become commands.
@main
struct EvominBridgeModule: Module, ~Copyable {
  static let options = BridgeOptions.list

  private let bus: Bus
  private let map: EvominMap
  private var port: DevicePort
  private var simulation: SimulatedMicrocontroller?
  private(set) var orders: Orders
  private var reports: DeviceReports
  /// Replies of a device on SPI.
  private var replyCount: UInt64 = 0
  private var publisher = StatusPublisher<EvominStatus> { $0.open != $1.open || $0.reason != $1.reason }

  static func main() { main(simulation: SimulatedMicrocontroller.self) }

  init(bus: Bus) throws { try self.init(bus: bus, line: nil) }

  /// - Parameter line: instead of the one that the command line names.
  init(bus: Bus, line given: (any DeviceLine)?) throws {
    let options = try BridgeOptions(bus)
    let settings = options.settings
    let map = try options.map(settings)
    var simulation = bus.options[.sim] ? try SimulatedMicrocontroller(bus: bus) : nil
    let line = try given ?? options.line(settings, simulatedPath: simulation?.path)
    let orders = try Orders(bus, unnumberedMax: options.queueMax)
    if let descriptor = line.descriptor { bus.wake(on: descriptor) }
    self.bus = bus
    self.map = map
    self.orders = orders
    port = DevicePort(line, log: bus.log)
    reports = DeviceReports(bus, map)
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
    port.turn(at: now)
    try handleActions()
    let isAllTaken = try handleFrames(at: now)
    // Once a turn, as each time costs a write to the disk.
    orders.start(port, at: now)
    try handleActions()
    orders.commit()
    try simulation?.process(at: bus.now)
    try publish()
    let deadline = isAllTaken ? [port.deadline, simulation?.deadline?.inNanoseconds].compactMap(\.self).min() : now
    bus.wake(at: deadline.map { .nanoseconds($0) })
  }

  // MARK: From the device

  private mutating func handleActions() throws {
    while let action = port.nextAction() {
      switch action {
      case .write: break
      case .sent(let id, let attempt): orders.recordAttempt(attempt, of: id)
      case .received(let frame, let isDuplicate):
        try reports.send(Array(frame.payload), of: frame.command.rawValue, isDuplicate: isDuplicate)
      case .replied(let id, let reply):
        replyCount += 1
        if let command = orders.command(of: id) { try reports.send(Array(reply), of: command, isDuplicate: false) }
      case .acknowledged(let id): orders.finish(id)
      case .gaveUp(let id, let failure):
        if let undelivered = orders.fail(id, failure) { try reports.send(undelivered) }
      }
    }
  }

  private mutating func publish() throws {
    try reports.flush()
    // A manager that takes no events takes no status either, and to ask it costs a second.
    if reports.isEmpty { try publisher.publish(status, on: bus) }
  }

  private var status: EvominStatus {
    let counters = port.counters
    return EvominStatus(
      open: port.isOpen, queueLength: UInt16(clamping: port.waitingFrames),
      sent: counters.transmissions - counters.retries, retries: counters.retries,
      acknowledged: counters.acknowledged, givenUp: counters.givenUp, refused: orders.refusedCount,
      received: counters.line.frames + replyCount, duplicates: counters.duplicates, unfit: reports.unfitCount,
      checksumErrors: counters.line.checksumErrors, timeouts: counters.line.timeouts,
      skipped: counters.line.bytesSkipped, strayAnswers: counters.strayAnswers, lost: bus.lostFrames,
      dropped: reports.droppedFrames, reason: port.reason)
  }

  // MARK: To the device

  /// Frames that are handled in one turn. What is refused takes no room in the line, and a whole inbox of it would keep the
  /// bridge from a port on which acknowledgements are due within milliseconds.
  private static let framesMax = 256

  /// What there is no room for stays in the inbox, and when that is full the bus holds back whoever sends it. Without a
  /// manager nothing is begun: its result might be one more than are kept.
  ///
  /// - Returns: false if more is to be taken at once.
  private mutating func handleFrames(at now: UInt64) throws -> Bool {
    for _ in 0..<Self.framesMax {
      guard bus.isConnected, orders.hasRoom, let frame = bus.nextFrame() else { return true }
      try handle(frame, at: now)
      try handleActions()
    }
    return false
  }

  /// Does what a frame from the bus asks for, or says why not.
  private mutating func handle(_ frame: Frame, at now: UInt64) throws {
    if frame.isRequest {
      if frame.type == .evominStatus {
        publisher.sendAgain()
      } else if let route = map.route(request: frame.type.id, instance: frame.instance) {
        try send([], as: route, at: now)
      }
    } else if frame.type == .evominToDevice {
      orders.decide(frame, port, at: now)
    } else if let event = try frame.decode(EvominSimulate.self) {
      try simulation?.apply(event, at: bus.now)
    } else if let route = map.route(to: frame.type.id, instance: frame.instance) {
      let payload = frame.payload
      if let problem = map.problem(of: payload, as: route) {
        let text = "\(route.frame) from module \(frame.source): \(problem)"
        return try reports.send(orders.refuse(route, Refusal(cause: "unfit", text: text)))
      }
      try send(payload, as: route, at: now)
    }
  }

  private mutating func send(_ payload: [UInt8], as route: EvominRoute, at now: UInt64) throws {
    if let undelivered = orders.send(payload, as: route, port, at: now) { try reports.send(undelivered) }
  }

  // MARK: The end

  /// Frames that are refused at the end, so that who sent them need not wait.
  private static let lastFramesMax = 1024

  /// What waits for the device is given up and reported.
  mutating func stop() {
    let now = bus.now.inNanoseconds
    port.close(at: now)
    try? handleActions()
    port.end()
    for _ in 0..<Self.lastFramesMax {
      guard let frame = bus.nextFrame() else { break }
      try? handle(frame, at: now)
    }
    orders.commit()
    simulation = nil
    publisher.sendAgain()
    try? publish()
  }
}
