import BusClient
import CandyDispenserSimulator

extension SimulatedCandyMachine: SimulatedDevice {
  public mutating func nextLineEvent(at now: UInt64) -> SimulatedLineEvent? {
    switch nextOutput(at: now) {
    case .bytes(let bytes): .bytes(bytes)
    case .unplugged: .unplugged
    case .plugged: .plugged
    case nil: nil
    }
  }
}
