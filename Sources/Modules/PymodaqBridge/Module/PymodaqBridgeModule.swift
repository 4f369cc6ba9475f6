import BusClient
import Frames
import PymodaqBridgeProtocol

/// The program: the bridge, or by its second name the simulated bench alone.
@main
enum PymodaqBridgeProgram {
  static func main() {
    let isSimulator = CommandLine.arguments.first?.hasSuffix("-simulator") == true
    if isSimulator || CommandLine.arguments.contains("--sim-only") {
      PymodaqSimulator.main()
    } else {
      PymodaqBridgeModule.main()
    }
  }
}

/// PyMoDAQ and the bus: one process for all roles of its map.
struct PymodaqBridgeModule: Module {
  static let options: [any ProgramOption] = BridgeOptions.list

  private let bus: Bus
  private var roles: [any Role] = []
  private var simulation: OwnBench?
  private var connectionCount = 0
  private var wasConnected = false
  private var publisher = StatusPublisher<PymodaqStatus> { sent, new in
    sent.roles.map { [$0.link.rawValue] + Array($0.reason.utf8) }
      != new.roles.map { [$0.link.rawValue] + Array($0.reason.utf8) }
  }

  init(bus: Bus) throws {
    let map = try BridgeOptions.map(bus)
    self.bus = bus
    simulation = bus.options[.sim] ? try OwnBench(beside: bus) : nil
    for role in map.roles {
      switch role.kind {
      case .detector(let detector): roles.append(DetectorRole(bus, name: role.name, detector))
      case .actuator(let actuator): roles.append(ActuatorRole(bus, name: role.name, actuator))
      case .remote(let remote): roles.append(try RemoteRole(bus, name: role.name, remote))
      }
    }
    let instance = bus.configuration.instance
    var all = [Subscription(.pymodaqStatus, instance: instance, values: false)]
    for subscription in roles.flatMap(\.subscriptions) where !all.contains(subscription) { all.append(subscription) }
    bus.listen(for: all)
  }

  mutating func process() throws {
    let now = bus.now
    noticeBus(at: now)
    var failure: (any Error)?
    func attempt(_ body: () throws -> Void) { do { try body() } catch { failure = failure ?? error } }
    while let frame = bus.nextFrame() {
      if frame.type == .pymodaqStatus, frame.isRequest { publisher.sendAgain() }
      for role in roles { attempt { try role.handle(frame, at: now) } }
    }
    attempt { try simulation?.process() }
    for role in roles { attempt { try role.process(at: now) } }
    attempt { try publisher.publish(status, on: bus) }
    bus.wake(at: deadline)
    if let failure { throw failure }
  }

  /// PyMoDAQ waits for ever for a client that only closes, so each role says farewell.
  mutating func stop() {
    for role in roles { role.leave(at: bus.now) }
    let end = bus.now + PymodaqClientLink.leavePatience + .milliseconds(100)
    while bus.now < end, !roles.allSatisfy(\.hasLeft) {
      for role in roles { try? role.process(at: bus.now) }
      bus.wait(for: [], until: min(end, bus.now + .milliseconds(5)))
    }
    roles = []
    simulation?.stop()
  }

  private mutating func noticeBus(at now: Duration) {
    // A break between two turns counts, too.
    if wasConnected, !bus.isConnected || bus.connectionCount != connectionCount {
      for role in roles { role.busChanged(isThere: false, at: now) }
      wasConnected = false
    }
    if bus.isConnected, !wasConnected {
      wasConnected = true
      connectionCount = bus.connectionCount
      for role in roles { role.busChanged(isThere: true, at: now) }
    }
  }

  private var deadline: Duration? {
    (roles.map(\.deadline) + [simulation.map { _ in bus.now + OwnBench.period }]).compactMap(\.self).min()
  }

  private var status: PymodaqStatus { PymodaqStatus(roles: roles.map(\.status), lost: bus.lostFrames) }
}
