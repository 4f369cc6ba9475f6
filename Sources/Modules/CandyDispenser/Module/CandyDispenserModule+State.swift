import BusClient
import CandyDispenserProtocol
import Frames

extension CandyDispenserModule {
  /// Sends the state if it has changed.
  ///
  /// What a broken line alone brings about is told once a second: it would fill the bus.
  mutating func tell(at now: UInt64) throws {
    let state = self.state
    guard state != told, bus.isConnected else { return }
    if var told {
      (told.noise, told.unexpected) = (state.noise, state.unexpected)
      guard told != state || now >= nextTold else { return }
    }
    try bus.send(state)
    told = state
    nextTold = now + 1_000_000_000
  }

  var state: CandyStatus {
    CandyStatus(
      link: host.state.link, firmware: host.firmware?.kind ?? .unknown, jamSuspected: host.isJamSuspected,
      queueLength: UInt16(clamping: host.queueLength), trayLength: UInt16(clamping: host.trayLength),
      request: tally.latest.id, requestCount: tally.latest.count, requestDispensed: tally.latest.dispensed,
      requestFailed: tally.latest.failed, requestTaken: tally.latest.taken, dispensed: tally.dispensed,
      failed: tally.failed, taken: tally.taken, notTaken: tally.notTaken, unexpected: tally.unexpected,
      noise: tally.noiseBytes, reason: tally.reason)
  }
}

extension CandyState {
  /// What a frame says for it.
  var link: CandyLink {
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
  var kind: CandyFirmwareKind {
    switch self {
    case .candycom: .candycom
    case .unprobed: .unprobed
    case .march2024: .march2024
    }
  }
}
