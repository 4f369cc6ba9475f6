import BusClient
import Frames
import PymodaqBridgeProtocol

/// Something on the bus that a TCPServer move of PyMoDAQ moves.
final class ActuatorRole: Role {
  /// A move that is a job of the bus.
  private struct Running {
    let id: Int
    let cancel: () throws -> Void
    /// Why it failed, empty if it is done; nil while it has not ended.
    let end: () -> String?
  }

  private let bus: Bus
  private let name: String
  private let map: BridgeMap.Actuator
  private let connection: ClientConnection
  private var actuator: PymodaqActuator
  private var running: Running?

  init(_ bus: Bus, name: String, _ map: BridgeMap.Actuator) {
    self.bus = bus
    self.name = name
    self.map = map
    actuator = PymodaqActuator(name: name, map.abilities, settings: map.settings)
    // The server takes the units of its moves from the tree.
    let units = PymodaqParameter("units", title: "Units", isReadOnly: true, .text(map.abilities.units))
    connection = ClientConnection(
      bus, name: name, map.instrument, .actuator,
      settings: SettingsTree.xml([units] + map.settings.parameters))
  }

  var subscriptions: [Subscription] {
    [Subscription(map.position.frame, instance: map.position.instance, requests: false)]
  }

  var deadline: Duration? { [connection.deadline, actuator.deadline].compactMap(\.self).min() }
  var hasLeft: Bool { connection.hasLeft }

  var status: PymodaqRole {
    PymodaqRole(
      name: name, kind: .actuator, link: connection.state, generation: "\(connection.generation)",
      exchanges: actuator.counts.moves, failures: actuator.counts.failures,
      reason: actuator.problem.isEmpty ? connection.reason : actuator.problem)
  }

  func handle(_ frame: Frame, at now: Duration) {
    let source = map.position
    guard source.frame == frame.type, source.instance == frame.instance, !frame.isRequest else { return }
    guard let value = map.positionField.read(frame.payload)?.values.first else {
      return bus.log.once(
        .warning, "unfit", cause: "\(name) \(frame.source)",
        ["role": name, "frame": "\(source.frame)", "field": map.positionField.text, "module": "\(frame.source)"])
    }
    actuator.located(value, timestamp: frame.seconds, at: bus.time(of: frame, at: now))
  }

  func busChanged(isThere: Bool, at now: Duration) { actuator.busChanged(isThere: isThere, at: now) }

  func process(at now: Duration) throws {
    if let running, let problem = running.end() {
      self.running = nil
      actuator.moveEnded(running.id, problem: problem.isEmpty ? nil : problem, at: now)
    }
    for event in connection.receive(at: now) {
      switch event {
      case .connected: actuator.connected(at: now)
      case .disconnected: actuator.disconnected()
      case .received(.setParameter(let path, let xml)):
        SettingsTree.change(path, xml, in: actuator.settings.parameters, bus, name) {
          actuator.settings.set($0, $1)
          return actuator.settings.parameters
        }.map { connection.send($0) }
      case .received(.unknown(let command)):
        bus.log.once(.warning, "unknown_command", cause: name, ["role": name, "command": String(command.prefix(64))])
      case .received(let message): actuator.receive(message, at: now)
      }
    }
    actuator.tick(at: now)
    try carryOut(at: now)
    connection.flush(at: now)
  }

  func leave(at now: Duration) {
    connection.leave(at: now)
  }

  private func carryOut(at now: Duration) throws {
    while let action = actuator.nextAction() {
      switch action {
      case .send(let message): connection.send(message)
      case .askPosition:
        if bus.isConnected { try bus.request(map.position.frame, instance: map.position.instance) }
      case .move(let id, let target): attempt(id, at: now) { try move(id, to: target) }
      case .home(let id): attempt(id, at: now) { if let home = map.home { try send(home) } }
      case .stop(let id): attempt(id ?? 0, at: now) { try stop(id) }
      }
    }
    if !actuator.isMoving { running = nil }
  }

  /// A command that cannot be sent ends its move.
  private func attempt(_ id: Int, at now: Duration, _ body: () throws -> Void) {
    do {
      try body()
    } catch {
      bus.log(.warning, "not_sent", ["role": name, "reason": "\(error)"])
      actuator.moveEnded(id, problem: "\(error)", at: now)
    }
  }

  private func move(_ id: Int, to target: Double) throws {
    running = nil
    guard let payload = map.target.field?.payload(target, others: map.target.others) else {
      throw BusError(.invalidFrame, "\(map.target.frame) cannot carry \(target)")
    }
    if let type = BridgeMapReader.jobType(map.target.frame) {
      running = try job(type, id, payload)
    } else {
      try bus.send(payload: payload, of: map.target.frame, instance: map.target.instance)
    }
  }

  private func job<Command: JobCommand>(_ type: Command.Type, _ id: Int, _ payload: [UInt8]) throws -> Running {
    let job = try bus.job(Command(payload: payload), instance: map.target.instance)
    return Running(
      id: id, cancel: { try job.cancel() },
      end: { job.outcome.map { $0.outcome == .done ? "" : "\($0.outcome.name ?? "?"): \($0.text)" } })
  }

  private func send(_ command: BridgeMap.Command) throws {
    guard let payload = PayloadFiller.payload(of: command.frame, others: command.others) else {
      throw BusError(.invalidFrame, "\(command.frame) cannot be made as the map says")
    }
    try bus.send(payload: payload, of: command.frame, instance: command.instance)
  }

  private func stop(_ id: Int?) throws {
    if let running, running.id == id { return try running.cancel() }
    if let stop = map.stop { try send(stop) }
  }
}
