import TestSupport

@testable import BusClient

/// How a run ends.
extension World {
  /// What a bus without trouble needs at most until nothing moves any more.
  private static let restNanoseconds: UInt64 = 20_000_000_000

  /// Nobody sends and all read: everything that is due must come, or be counted as lost.
  func comeToRest() {
    let deadline = time + Self.restNanoseconds
    for module in modules { module.sleepsUntil = 0 }
    while failure == nil {
      advance(by: 5_000_000)
      for module in modules {
        if module.bus == nil { module.start() }
        module.isBusy = true
        module.read(atMost: 1000)
        module.isBusy = false
        module.check()
      }
      if unrest.isEmpty { break }
      if time > deadline { return fail("the bus does not come to rest: \(unrest)") }
    }
    for module in modules where failure == nil {
      if let problem = module.connection?.due.problemAtRest { fail("\(module.name): \(problem)") }
      if let count = module.connection?.sent.count, count > 0 {
        fail("\(module.name): \(count) frames were never sent")
      }
    }
  }

  /// Who or what still moves; empty if nothing does.
  private var unrest: String {
    var reasons = [manager?.unrest ?? "there is no manager"]
    for module in modules {
      guard let bus = module.bus, let connection = module.connection, bus.isConnected, !connection.isOver else {
        reasons.append("\(module.name) is not connected (\(module.bus?.lastFailure?.message ?? "no failure"))")
        continue
      }
      let waiting = [
        ("frames in the inbox", bus.frameCount), ("bytes in the outbox", bus.session.unsentByteCount),
        ("bytes on their way in", connection.toModule.byteCount),
        ("bytes on their way out", connection.toManager.byteCount),
      ]
      reasons += waiting.filter { $0.1 > 0 }.map { "\(module.name) has \($0.1) \($0.0)" }
    }
    return reasons.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// Everyone leaves; the manager must have nothing left then.
  func finish() {
    guard failure == nil, let manager else { return }
    for module in modules { module.stop() }
    pass(until: time + 5_000_000_000) { manager.sessionCount == 0 }
    if let leftover = manager.leftover { fail("the manager still has \(leftover)") }
  }
}
