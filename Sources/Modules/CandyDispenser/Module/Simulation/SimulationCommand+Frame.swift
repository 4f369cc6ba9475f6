import CandyDispenserSimulator
import Frames

extension SimulationCommand {
  /// What a frame asks for; nil if it is nothing that is known here.
  init?(_ frame: CandySimulate) {
    let value = frame.value
    func given(_ usual: UInt32) -> UInt32 { value == 0 ? usual : value }
    switch frame.action {
    case .take: self = .take(milliseconds: given(400))
    case .shortHand: self = .shortHand
    case .takeAlways: self = .takeAlways(afterMilliseconds: value)
    case .jam: self = .jam
    case .freeJam: self = .freeJam
    case .empty: self = .empty
    case .refill: self = .refill(count: given(100))
    case .lateAnswers: self = .lateAnswers(milliseconds: value)
    case .strayBytes: self = .strayBytesToHost(count: given(1))
    case .strayBytesIn: self = .strayBytesToMachine(count: given(1))
    case .silence: self = .silence(seconds: given(10))
    case .resetBoard: self = .resetBoard
    case .unplug: self = .unplug(seconds: value)
    case .plug: self = .plug
    default: return nil
    }
  }
}
