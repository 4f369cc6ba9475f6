import BusClient
import EvominBridgeProtocol
import Frames

extension EvominBridgeModule {
  /// Does what a frame from the bus asks for, or says why not.
  mutating func handle(_ frame: Frame, at now: UInt64) throws {
    if frame.isRequest {
      if frame.type == .evominStatus {
        publisher.sendAgain()
      } else if let route = map.route(request: frame.type.id, instance: frame.instance) {
        try send([], as: route, at: now)
      }
    } else if frame.type == .evominToDevice {
      try decide(frame, at: now)
    } else if let event = try frame.decode(EvominSimulate.self) {
      try simulation?.apply(event, at: bus.now)
    } else if let route = map.route(to: frame.type.id, instance: frame.instance) {
      let payload = frame.payload
      if let problem = map.problem(of: payload, as: route) {
        return try refuse(route, cause: "unfit", "\(route.frame) from module \(frame.source): \(problem)")
      }
      try send(payload, as: route, at: now)
    }
  }

  // MARK: Jobs

  private mutating func decide(_ frame: Frame, at now: UInt64) throws {
    let command: EvominToDevice?
    do throws(BusError) {
      command = try jobs.command(in: frame)
    } catch {
      // Whoever asked was answered.
      tally.refused += 1
      return bus.log.once(.warning, "refused", cause: "unreadable", ["reason": error.message])
    }
    guard let command else { return }
    if let problem = line.problem(of: command.payload) {
      tally.refused += 1
      return jobs.refuse(command, EvominResult(command, refusedBecause: text(problem)))
    }
    jobs.accept(command)
    // What is not written down takes room in the queue, so it does not wait.
    if command.request == 0 { startJobs(at: now) }
  }

  /// Sends what was accepted, now that it is written down.
  mutating func startJobs(at now: UInt64) {
    for command in jobs.commit() {
      do throws(EvominError) {
        let id = try line.send(EvominFrame(EvominCommand(rawValue: command.command), command.payload), at: now)
        orders.add(Order(origin: .job(command.request), command: command.command), as: id)
      } catch {
        tally.refused += 1
        jobs.end(EvominResult(command, refusedBecause: text(error)))
      }
    }
  }

  // MARK: Mapped frames

  private mutating func send(_ payload: [UInt8], as route: EvominRoute, at now: UInt64) throws {
    // Commands that came before it go before it.
    startJobs(at: now)
    do throws(EvominError) {
      let id = try line.send(EvominFrame(route.command, payload), at: now)
      orders.add(Order(origin: .mapped(route.frame.id), command: route.command.rawValue), as: id)
    } catch {
      try refuse(route, cause: error.cause, text(error))
    }
  }

  /// - Parameter cause: without values in it: what is logged once for each command is kept as long as the bridge runs.
  private mutating func refuse(_ route: EvominRoute, cause: String, _ text: String) throws {
    tally.refused += 1
    bus.log.once(
      .warning, "refused", cause: "\(route.command) \(cause)", ["command": "\(route.command)", "reason": text])
    try backlog.send(
      EvominUndelivered(
        frame: route.frame.id, command: route.command.rawValue, attempts: 0, mayHaveArrived: false, text: text),
      on: bus)
  }

  private func text(_ error: EvominError) -> String {
    switch error {
    case .closed: "the port is not open: \(tally.reason)"
    case .tooLong: "\(error); send less, or tell the bridge with --peer what the device can take"
    default: "\(error)"
    }
  }
}

extension EvominError {
  /// What it is, without its values.
  fileprivate var cause: String {
    switch self {
    case .closed: "closed"
    case .tooLong: "tooLong"
    default: "other"
    }
  }
}

extension EvominResult {
  /// A command that was not tried.
  fileprivate init(_ order: EvominToDevice, refusedBecause text: String) {
    self.init(request: order.request, outcome: .refused, text: text, command: order.command)
  }

  /// A command that an earlier process of the bridge accepted, and of which nobody knows how far it came.
  init(abandoned order: EvominToDevice) {
    self.init(
      request: order.request, outcome: .failed,
      text: "the bridge was restarted, and nobody knows whether the device has it: ask the device",
      command: order.command, mayHaveArrived: true)
  }
}
