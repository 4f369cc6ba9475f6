import BusClient
import EvominBridgeProtocol
import Frames

/// What the bus is told of the device, in order and whenever a manager takes it.
struct DeviceReports {
  private let bus: Bus
  private let map: EvominMap
  private var backlog = Backlog()
  /// Payloads that did not fit the frame of their command.
  private(set) var unfitCount: UInt64 = 0

  init(_ bus: Bus, _ map: EvominMap) {
    self.bus = bus
    self.map = map
  }

  /// Frames that waited for a manager in vain.
  var droppedFrames: UInt64 { backlog.droppedFrames }
  /// Whether a manager has all of it.
  var isEmpty: Bool { backlog.count == 0 }

  /// Sends what the device said as the frame that it is.
  ///
  /// A payload that does not fit its frame is not sent as that: who listens for the frame could not read it.
  mutating func send(_ payload: [UInt8], of command: UInt8, isDuplicate: Bool) throws(BusError) {
    guard let route = map.route(from: command) else {
      return try sendUnmapped(payload, of: command, isDuplicate: isDuplicate)
    }
    guard let problem = map.problem(of: payload, as: route) else {
      return try backlog.send(payload: payload, of: route.frame, instance: route.instance, on: bus)
    }
    unfitCount += 1
    bus.log.once(
      .warning, "unfit", cause: "\(command) \(problem.causeID)",
      [
        "command": "\(route.command)", "frame": "\(route.frame)", "reason": "\(problem)",
        "sent_as": "EVOMIN_FROM_DEVICE",
      ])
    try sendUnmapped(payload, of: command, isDuplicate: isDuplicate)
  }

  /// Sends that a frame has not reached the device.
  mutating func send(_ undelivered: EvominUndelivered) throws(BusError) { try backlog.send(undelivered, on: bus) }

  /// Sends what waits, as far as the manager takes it.
  mutating func flush() throws(BusError) { try backlog.flush(on: bus) }

  private mutating func sendUnmapped(_ payload: [UInt8], of command: UInt8, isDuplicate: Bool) throws(BusError) {
    try backlog.send(EvominFromDevice(command: command, payload: payload, duplicate: isDuplicate), on: bus)
  }
}
