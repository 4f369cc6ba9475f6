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
        try send([], as: route.command, request: nil, at: now)
      }
    } else if frame.type == .evominToDevice {
      try carryOut(frame, at: now)
    } else if let event = try frame.decode(EvominSimulate.self) {
      try simulation?.apply(event, at: bus.now)
    } else if let route = map.route(to: frame.type.id, instance: frame.instance) {
      try send(frame, route, at: now)
    }
  }

  /// One that cannot be read is refused like any other: whoever sent it waits for a result.
  private mutating func carryOut(_ frame: Frame, at now: UInt64) throws {
    let order: EvominToDevice?
    do throws(BusError) {
      order = try frame.decode(EvominToDevice.self)
    } catch {
      let command = EvominCommand(rawValue: frame.payload.first ?? 0)
      return try refuse(command, request: nil, cause: "unreadable", "\(error)")
    }
    guard let order else { return }
    try send(order.payload, as: EvominCommand(rawValue: order.command), request: order.request, at: now)
  }

  private mutating func send(_ frame: Frame, _ route: EvominRoute, at now: UInt64) throws {
    let payload = frame.payload
    if let problem = map.problem(of: payload, as: route) {
      return try refuse(
        route.command, request: nil, cause: "unfit",
        "\(route.frame) from module \(frame.source): \(problem)")
    }
    try send(payload, as: route.command, request: nil, at: now)
  }

  private mutating func send(
    _ payload: [UInt8], as command: EvominCommand, request: UInt32?, at now: UInt64
  ) throws {
    do throws(EvominError) {
      let id = try line.send(EvominFrame(command, payload), at: now)
      orders[id] = Order(request: request, command: command.rawValue)
    } catch {
      let (cause, text) =
        switch error {
        case .closed: ("closed", "the port is not open: \(tally.reason)")
        case .tooLong: ("tooLong", "\(error); send less, or tell the bridge with --peer what the device can take")
        default: ("other", "\(error)")
        }
      try refuse(command, request: request, cause: cause, text)
    }
  }

  /// - Parameter cause: without values in it: what is logged once for each command is kept as long as the bridge runs.
  private mutating func refuse(
    _ command: EvominCommand, request: UInt32?, cause: String, _ text: String
  ) throws {
    tally.refused += 1
    if request == nil {
      bus.log.once(.warning, "refused", cause: "\(command) \(cause)", ["command": "\(command)", "reason": text])
    }
    let result = EvominResult(
      request: request ?? 0, command: command.rawValue, outcome: .refused, attempts: 0, text: text)
    try backlog.send(result, on: bus)
  }
}
