import FuzzKit
import Testing

@testable import CandyDispenserFuzz

@Suite("Inputs found by fuzzing what comes from a candy dispenser")
struct ReplayTests {
  @Test("do no harm, and are there for every target", arguments: CandyDispenserFuzz.targets)
  func replay(target: FuzzTarget) throws {
    #expect(try target.replay(from: "Tests/Modules/CandyDispenser/Fuzz") > 2)
  }
}
