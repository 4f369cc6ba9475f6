import FuzzKit
import Testing

@testable import PymodaqBridgeFuzz

@Suite("Inputs found by fuzzing what comes from PyMoDAQ")
struct ReplayTests {
  @Test("do no harm, and are there for every target", arguments: PymodaqBridgeFuzz.targets)
  func replay(target: FuzzTarget) throws {
    #expect(try target.replay(from: "Tests/Modules/PymodaqBridge/Fuzz") > 2)
  }
}
