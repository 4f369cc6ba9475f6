import BusClient
import CandyDispenserProtocol
import Frames

/// What a dispenser has done since the module began, and what the bus was last told of it.
struct CandyTally {
  private var status: CandyStatus
  /// What a broken line alone brings about goes out once a second.
  private var publisher = StatusPublisher<CandyStatus> { sent, new in
    var sent = sent
    (sent.noise, sent.unexpected) = (new.noise, new.unexpected)
    return sent != new
  }

  /// Before anything has happened.
  static let start = CandyStatus(
    link: .closed, firmware: .unknown, jamSuspected: false, queueLength: 0, trayLength: 0, request: 0, requestCount: 0,
    requestDispensed: 0, requestFailed: 0, requestTaken: 0, dispensed: 0, failed: 0, taken: 0, notTaken: 0,
    unexpected: 0, noise: 0, reason: "the port was not opened yet")

  /// - Parameter status: where the counters begin.
  init(_ status: CandyStatus = start) { self.status = status }

  /// - Parameter reason: why the link is as it is, for a person.
  mutating func explain(_ reason: String) { status.reason = reason }

  /// Counts for a request from now on: the one that was accepted last.
  mutating func follow(_ request: CandyDispense) {
    (status.request, status.requestCount) = (request.request, request.count)
    (status.requestDispensed, status.requestFailed, status.requestTaken) = (0, 0, 0)
  }

  mutating func count(_ event: CandyEvent) {
    switch event {
    case .dispensed(let candy):
      status.dispensed.countOne()
      if candy.request == status.request { status.requestDispensed += 1 }
    case .failed(let candy, _):
      status.failed.countOne()
      if candy.request == status.request { status.requestFailed += 1 }
    case .taken(let candy):
      status.taken.countOne()
      if candy.request == status.request { status.requestTaken += 1 }
    case .notTaken: status.notTaken.countOne()
    case .unexpected: status.unexpected.countOne()
    case .noise(let bytes): status.noise += bytes
    default: break
    }
  }

  /// The counters, and how the host stands.
  func status(of host: CandyHost) -> CandyStatus {
    var status = status
    status.link = host.state.link
    status.firmware = host.firmware?.kind ?? .unknown
    status.jamSuspected = host.isJamSuspected
    status.queueLength = UInt16(clamping: host.queueLength)
    status.trayLength = UInt16(clamping: host.trayLength)
    return status
  }

  /// Sends the status in any case: somebody has asked for it.
  mutating func publishAgain() { publisher.sendAgain() }

  /// Sends the status if it has changed.
  mutating func publish(_ host: CandyHost, on bus: Bus) throws(BusError) {
    try publisher.publish(status(of: host), on: bus)
  }
}

extension UInt32 {
  /// A misbehaving dispenser gets there within hours; the end of the count must not be the end of the module.
  fileprivate mutating func countOne() {
    if self < .max { self += 1 }
  }
}

extension CandyState {
  /// What a frame says for it.
  fileprivate var link: CandyLink {
    switch self {
    case .closed: .closed
    case .searching: .searching
    case .settling: .settling
    case .connected: .connected
    case .disconnecting: .disconnecting
    case .disconnected: .disconnected
    }
  }
}

extension CandyFirmware {
  /// What a frame says for it.
  fileprivate var kind: CandyFirmwareKind {
    switch self {
    case .candycom: .candycom
    case .unprobed: .unprobed
    case .march2024: .march2024
    }
  }
}
