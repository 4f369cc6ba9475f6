import BusClient
import CandyDispenserProtocol
import Frames

extension CandyDispenserModule {
  var status: CandyStatus {
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
