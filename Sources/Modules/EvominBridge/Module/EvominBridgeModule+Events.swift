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
    case .sent(let id, let attempt): orders.recordAttempt(attempt, of: id)
    case .received(let frame, let isDuplicate):
      try received(Array(frame.payload), as: frame.command.rawValue, isDuplicate: isDuplicate)
    case .replied(let id, let reply):
      tally.replies += 1
      if let command = orders.command(of: id) { try received(Array(reply), as: command, isDuplicate: false) }
    case .acknowledged(let id):
      guard let order = orders.remove(id), case .job(let request) = order.origin else { return }
      jobs.end(
        EvominResult(
          request: request, outcome: .done, text: "the device has it", command: order.command,
          attempts: UInt8(clamping: order.attempts)))
    case .gaveUp(let id, let failure):
      if let order = orders.remove(id) { try report(order, failure) }
    }
  }

  private mutating func report(_ order: Order, _ failure: EvominFailure) throws {
    let wasSent = order.attempts > 0
    let text = wasSent ? "\(failure)" : "\(failure); it was not sent"
    let attempts = UInt8(clamping: order.attempts)
    switch order.origin {
    case .job(let request):
      jobs.end(
        EvominResult(
          request: request, outcome: .failed, text: text, command: order.command, attempts: attempts,
          mayHaveArrived: wasSent))
    case .mapped(let frame):
      try backlog.send(
        EvominUndelivered(
          frame: frame, command: order.command, attempts: attempts, mayHaveArrived: wasSent, text: text), on: bus)
    }
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
