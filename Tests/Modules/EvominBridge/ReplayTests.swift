import FuzzKit
import Testing

@testable import EvominBridgeFuzz

@Suite("Inputs found by fuzzing what comes from evoMIN devices")
struct ReplayTests {
  @Test("do no harm, and are there for every target", arguments: EvominBridgeFuzz.targets)
  func replay(target: FuzzTarget) throws {
    #expect(try target.replay(from: "Tests/Modules/EvominBridge/Fuzz") > 2)
  }
}
