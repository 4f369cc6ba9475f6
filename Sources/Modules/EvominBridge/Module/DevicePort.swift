import BusClient
import EvominBridgeProtocol

/// The device's port: a line of either kind, what is said of it in the log, and why it is as it is.
struct DevicePort {
  private let line: any DeviceLine
  private let log: Log
  /// For a person.
  private var state = "the port was not opened yet"

  init(_ line: any DeviceLine, log: Log) {
    self.line = line
    self.log = log
  }

  var isOpen: Bool { line.isOpen }
  var waitingFrames: Int { line.waitingFrames }
  var counters: EvominLinkCounters { line.counters }
  /// When a turn is due; nil if nothing is expected.
  var deadline: UInt64? { line.deadline }

  /// Why the port is as it is, and what is wrong with a port that is open.
  var reason: String {
    guard line.isOpen, let late = line.counters.longestLateAnswer else { return state }
    return "\(state); \(Self.advice(late: late))"
  }

  /// Moves bytes both ways, opens the line when it is time, and sends what is due.
  func turn(at now: UInt64) { line.turn(at: now) }

  /// What the device or its link has done; nil when nothing is left.
  mutating func nextAction() -> EvominAction? {
    while let event = line.nextEvent() {
      switch event {
      case .opened: setState(.info, "port_open", "the port is open")
      case .lost(let error): setState(.warning, "port_lost", "\(error)")
      case .unavailable(let error): setState(.warning, "no_port", "\(error)")
      case .stuck: log(.warning, "stuck", ["path": line.path, "reason": "the line takes nothing"])
      case .link(let action): return action
      }
    }
    if let late = line.counters.longestLateAnswer {
      log.once(.warning, "late_answer", cause: "", ["path": line.path, "reason": Self.advice(late: late)])
    }
    return nil
  }

  /// Why a payload cannot be sent now; nil if it can.
  func problem(of payload: [UInt8]) -> Refusal? {
    guard isOpen else { return refusal(.closed) }
    let bytesMax = line.payloadBytesMax
    return payload.count > bytesMax ? refusal(.tooLong(bytes: payload.count, bytesMax: bytesMax)) : nil
  }

  func send(_ payload: [UInt8], as command: EvominCommand, at now: UInt64) throws(Refusal) -> EvominSendID {
    do throws(EvominError) {
      return try line.send(EvominFrame(command, payload), at: now)
    } catch {
      throw refusal(error)
    }
  }

  /// Gives up what waits, and closes the line for good.
  func close(at now: UInt64) { line.close(at: now) }

  /// The bridge is about to end: whoever still asks for something gets this as the reason.
  mutating func end() { state = "the bridge ends" }

  private mutating func setState(_ level: Log.Level, _ event: String, _ reason: String) {
    state = reason
    log(level, event, ["path": line.path, "reason": reason])
  }

  private func refusal(_ error: EvominError) -> Refusal {
    switch error {
    case .closed: Refusal(cause: "closed", text: "the port is not open: \(state)")
    case .tooLong:
      Refusal(cause: "tooLong", text: "\(error); send less, or tell the bridge with --peer what the device can take")
    default: Refusal(cause: "other", text: "\(error)")
    }
  }

  private static func advice(late nanoseconds: UInt64) -> String {
    "the device took \(nanoseconds / 1_000_000) ms to acknowledge, longer than --retry waits: give a longer --retry"
  }
}

/// Why something is not sent to the device.
struct Refusal: Error {
  /// Without values in it: what is logged once for each command is kept as long as the bridge runs.
  let cause: String
  /// What is wrong, and what to do.
  let text: String
}
