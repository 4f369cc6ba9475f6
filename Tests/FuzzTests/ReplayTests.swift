import FuzzKit
import Testing

@testable import BusFuzz

/// Every input that fuzzing keeps goes through the same functions again, without libFuzzer.
@Suite("Inputs found by fuzzing the bus")
struct ReplayTests {
  @Test("do no harm, and are there for every target", arguments: BusFuzz.targets)
  func replay(target: FuzzTarget) throws {
    #expect(try target.replay(from: "Fuzz") > 2)
  }
}
