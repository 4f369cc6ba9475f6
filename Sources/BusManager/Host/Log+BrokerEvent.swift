import BusManagerCore
import ProgramKit

extension Log {
  /// Writes what happened at the broker.
  func callAsFunction(_ event: BrokerEvent) {
    switch event {
    case .joined(let module):
      self(.info, "joined", ["module": "\(module)", "id": "\(module.id)", "pid": "\(module.pid)"])
    case .left(let module, let reason):
      self(.info, "left", ["module": "\(module)", "id": "\(module.id)", "reason": reason])
    case .lost(let module, let reason):
      self(.warning, "lost", ["module": "\(module)", "id": "\(module.id)", "pid": "\(module.pid)", "reason": reason])
    case .refused(let module, let code, let text):
      self(.warning, "refused", ["module": module.map { "\($0)" } ?? "-", "code": "\(code)", "reason": text])
    case .slow(let module):
      self(
        .warning, "slow",
        [
          "module": "\(module)", "pid": "\(module.pid)",
          "meaning": "nobody waits for it; its full queues drop what is oldest",
        ])
    case .hung(let module):
      self(.warning, "hung", ["module": "\(module)", "pid": "\(module.pid)", "meaning": "it does not answer PING"])
    case .recovered(let module, let state):
      self(.info, "recovered", ["module": "\(module)", "from": "\(state)"])
    case .missesFrames(let module):
      self(
        .warning, "misses_frames",
        [
          "module": "\(module)", "pid": "\(module.pid)",
          "meaning": "it reads too slowly; how many is reported to it when it reads",
        ])
    case .lostFrames(let module, let count, let total):
      self(.warning, "lost_frames", ["module": "\(module)", "frames": "\(count)", "total": "\(total)"])
    case .mismatch(let first, let second, let frame, let difference):
      self(
        .warning, "mismatch",
        ["frame": frame, "module": "\(first)", "other": "\(second)", "difference": difference])
    case .retainedFull(let module):
      self(
        .warning, "retained_full",
        ["module": "\(module)", "meaning": "its last values are not kept for late listeners; there are too many"])
    }
  }
}
