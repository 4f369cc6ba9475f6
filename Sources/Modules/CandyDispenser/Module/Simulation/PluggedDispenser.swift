import BusClient
import CandyDispenserSimulator

/// A simulated dispenser at the end of a serial line.
struct PluggedDispenser: SimulatedDevice {
  var machine: SimulatedCandyMachine

  var deadline: Duration? { machine.deadline.map { .nanoseconds($0) } }

  mutating func receive(_ bytes: [UInt8], at now: Duration) {
    machine.receive(bytes, at: now.inNanoseconds)
  }

  mutating func nextLineEvent(at now: Duration) -> SimulatedLineEvent? {
    switch machine.nextOutput(at: now.inNanoseconds) {
    case .bytes(let bytes): .bytes(bytes)
    case .unplugged: .unplugged
    case .plugged: .plugged
    case nil: nil
    }
  }
}
