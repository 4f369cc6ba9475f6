import EvominBridgeSimulator
import Frames

extension PluggedDevice {
  /// Lets happen what a frame asks for.
  ///
  /// - Returns: false if it is nothing that is known here.
  mutating func apply(_ frame: EvominSimulate, at now: UInt64) -> Bool {
    let value = frame.value
    switch frame.event {
    case .press: controller.press(at: now)
    case .release: controller.release(at: now)
    case .count: controller.count(frames: Int(value), at: now)
    case .unplug: unplug(milliseconds: value, at: now)
    case .plug: plug(at: now)
    default:
      guard let fault = EvominFault(frame) else { return false }
      controller.apply(fault, at: now)
    }
    return true
  }
}

extension EvominFault {
  /// The fault that a frame asks for; nil if it is none.
  fileprivate init?(_ frame: EvominSimulate) {
    let rate = Int(frame.value)
    switch frame.event {
    case .byteErrors: self = .byteErrors(perMillion: rate)
    case .bitErrors: self = .bitErrors(perMillion: rate)
    case .lostBytes: self = .lostBytes(perMillion: rate)
    case .strayBytes: self = .strayBytes(perMillion: rate)
    case .lostAcknowledgements: self = .lostAcknowledgements(perMillion: rate)
    case .silence: self = .silence(nanoseconds: UInt64(frame.value == 0 ? 10_000 : frame.value) * 1_000_000)
    case .duplicates: self = .duplicates(frame.value != 0)
    case .noFaults: self = .none
    default: return nil
    }
  }
}
