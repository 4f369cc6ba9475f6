import FuzzKit
import Testing

@testable import BlenderFuzz

@Suite("Inputs found by fuzzing what comes from blender")
struct ReplayTests {
  @Test("do no harm, and are there for every target", arguments: BlenderFuzz.targets)
  func replay(target: FuzzTarget) throws {
    #expect(try target.replay(from: "Tests/Modules/Blender/Fuzz") > 2)
  }
}
