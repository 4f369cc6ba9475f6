import Foundation
import FuzzEntries
import TestSupport
import Testing

/// Every input that fuzzing keeps goes through the same functions again, without libFuzzer.
@Suite("Inputs found by fuzzing")
struct ReplayTests {
  private static func inputs(_ folder: String, _ target: FuzzTarget) throws -> [URL] {
    let folder = Fixture.packageDirectory.appending(path: "Fuzz/\(folder)/\(target.rawValue)")
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  }

  @Test("do no harm", arguments: FuzzTarget.allCases, ["Corpus", "Failures"])
  func replay(target: FuzzTarget, folder: String) throws {
    for file in try Self.inputs(folder, target) {
      #expect(throws: Never.self, "\(file.path)") { try target.run([UInt8](try Data(contentsOf: file))) }
    }
  }

  @Test("are there for every target", arguments: FuzzTarget.allCases)
  func corpus(target: FuzzTarget) throws {
    #expect(try Self.inputs("Corpus", target).count > 2)
  }
}
