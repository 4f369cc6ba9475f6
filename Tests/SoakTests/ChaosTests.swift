import Foundation
import Testing

/// A real manager and real clients on bad days: whatever the network does, a frame comes once and in order, or is
/// counted as lost.
@Suite("A bus on bad days")
struct ChaosTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seconds = environment["SOAK_SECONDS"].flatMap(Double.init)
  private static let seed = environment["SOAK_SEED"].flatMap(UInt64.init)

  @Test("delivers each frame once and in order, or counts it as lost", .enabled(if: seconds == nil && seed == nil))
  func fewSeeds() {
    var total = SoakTotal()
    for seed in 0..<UInt64(100) where total.failure == nil { total.add(World(seed: seed)) }
    #expect(total.failure == nil)
    #expect(total.frames > 100_000 && total.losses > 1000 && total.breaks > 100, "these days were not bad: \(total)")
  }

  @Test("goes on to do so: make soak", .enabled(if: seconds != nil))
  func manySeeds() {
    let end = Date.now + (Self.seconds ?? 0)
    var nextLine = Date.now
    var total = SoakTotal()
    var seed = UInt64.random(in: 0..<1 << 40)
    while total.failure == nil, Date.now < end {
      total.add(World(seed: seed))
      seed += 1
      guard Date.now >= nextLine else { continue }
      print(total)
      nextLine = Date.now + 5
    }
    print("in all: \(total)")
    #expect(total.failure == nil)
  }

  @Test("does so again on one bad day: make soak SEED=n", .enabled(if: seed != nil))
  func oneSeed() {
    var total = SoakTotal()
    total.add(World(seed: Self.seed ?? 0))
    print(total)
    #expect(total.failure == nil)
  }
}
