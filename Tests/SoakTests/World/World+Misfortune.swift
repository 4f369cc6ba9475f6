import TestSupport

/// What goes wrong.
extension World {
  /// Lets things happen that nobody wants.
  func misfortune() {
    if happens(every: weather.cutEvery) { cut() }
    if happens(every: weather.killEvery) { endModule() }
    if happens(every: weather.managerEndEvery) { endManager() }
    if happens(every: weather.sleepEvery) { sleep() }
    if happens(every: weather.stallEvery) { stall() }
    if happens(every: 500) { advance(by: .random(in: 0...3_000_000_000, using: &random)) }
  }

  private func happens(every steps: Int) -> Bool { Int.random(in: 0..<steps, using: &random) == 0 }

  private func cut() {
    guard let connection = connections.randomElement(using: &random) else { return }
    breakCount += 1
    connection.cut(using: &random)
  }

  /// A program ends, in good order or not, and is started again later.
  private func endModule() {
    guard let module = modules.randomElement(using: &random), module.bus != nil else { return }
    breakCount += 1
    if Bool.random(using: &random) {
      module.kill()
    } else {
      module.stop()
    }
    module.sleepsUntil = time + .random(in: 0...500_000_000, using: &random)
  }

  private func endManager() {
    guard let manager else { return }
    breakCount += 1
    if Bool.random(using: &random) {
      manager.shutDown()
      pass(until: time + 2_500_000_000) { manager.sessionCount == 0 }
    }
    manager.kill()
    self.manager = nil
    managerReturnsAt = time + .random(in: 0...1_000_000_000, using: &random)
  }

  /// A program stops to read, and goes on later.
  private func sleep() {
    let longest: UInt64 = Int.random(in: 0..<10, using: &random) == 0 ? 9_000_000_000 : 300_000_000
    modules.randomElement(using: &random)?.sleepsUntil = time + .random(in: 0...longest, using: &random)
  }

  /// The network holds something up.
  private func stall() {
    guard let connection = connections.randomElement(using: &random) else { return }
    let pipe = Bool.random(using: &random) ? connection.toManager : connection.toModule
    pipe.stalledUntil = time + .random(in: 0...400_000_000, using: &random)
  }
}
