import BusManagerCore
import BusNet

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
    case .missesFrames(let module):
      self(.warning, "misses_frames", ["module": "\(module)", "reason": "it reads too slowly and is not waited for"])
    }
  }
}
