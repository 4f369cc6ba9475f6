import BusClient
import EvominBridgeProtocol
import Frames

extension EvominBridgeModule {
  /// Reports what has happened on the line.
  mutating func reportEvents() throws {
    while let event = line.nextEvent() {
      switch event {
      case .opened: setReason(.info, "port_open", "the port is open")
      case .lost(let error): setReason(.warning, "port_lost", "\(error)")
      case .unavailable(let error): setReason(.warning, "no_port", "\(error)")
      case .stuck: bus.log(.warning, "stuck", ["path": line.path, "reason": "the line takes nothing"])
      case .link(let action): try handle(action)
      }
    }
    if let late = line.counters.longestLateAnswer {
      bus.log.once(.warning, "late_answer", cause: "", ["path": line.path, "reason": Self.advice(late: late)])
    }
  }

  private mutating func setReason(_ level: Log.Level, _ event: String, _ reason: String) {
    tally.reason = reason
    bus.log(level, event, ["path": line.path, "reason": reason])
  }

  private mutating func handle(_ action: EvominAction) throws {
    switch action {
    case .write: break
    case .sent(let id, let attempt): orders[id]?.attempts = attempt
    case .received(let frame, let isDuplicate):
      try received(Array(frame.payload), as: frame.command.rawValue, isDuplicate: isDuplicate)
    case .replied(let id, let reply):
      tally.replies += 1
      if let order = orders[id] { try received(Array(reply), as: order.command, isDuplicate: false) }
    case .acknowledged(let id):
      guard let order = orders.removeValue(forKey: id), order.request != nil else { return }
      try report(order, .acknowledged, "")
    case .gaveUp(let id, let failure):
      guard let order = orders.removeValue(forKey: id) else { return }
      try report(order, .givenUp, order.attempts == 0 ? "\(failure); it was not sent" : "\(failure)")
    }
  }

  private mutating func report(_ order: Order, _ outcome: EvominOutcome, _ text: String) throws {
    let result = EvominResult(
      request: order.request ?? 0, command: order.command, outcome: outcome,
      attempts: UInt8(clamping: order.attempts), text: text)
    try backlog.send(result, on: bus)
  }

  /// A payload that does not fit its frame is not sent as that: who listens for the frame could not read it.
  private mutating func received(_ payload: [UInt8], as command: UInt8, isDuplicate: Bool) throws {
    guard let route = map.route(from: command) else {
      return try sendUnmapped(payload, as: command, isDuplicate: isDuplicate)
    }
    guard let problem = map.problem(of: payload, as: route) else {
      return try backlog.send(payload: payload, of: route.frame, instance: route.instance, on: bus)
    }
    tally.unfit += 1
    bus.log.once(
      .warning, "unfit", cause: "\(command) \(problem.causeID)",
      [
        "command": "\(route.command)", "frame": "\(route.frame)", "reason": "\(problem)",
        "sent_as": "EVOMIN_FROM_DEVICE",
      ])
    try sendUnmapped(payload, as: command, isDuplicate: isDuplicate)
  }

  private mutating func sendUnmapped(_ payload: [UInt8], as command: UInt8, isDuplicate: Bool) throws {
    try backlog.send(EvominFromDevice(command: command, payload: payload, duplicate: isDuplicate), on: bus)
  }
}
