import FuzzKit
import Testing

@testable import __Name__Fuzz

@Suite("Inputs found by fuzzing what comes from __name__")
struct ReplayTests {
  @Test("do no harm, and are there for every target", arguments: __Name__Fuzz.targets)
  func replay(target: FuzzTarget) throws {
    #expect(try target.replay(from: "Tests/Modules/__Name__/Fuzz") > 2)
  }
}
