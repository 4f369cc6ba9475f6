import FrameGenCore
import TestSupport
import Testing

@Suite("Generated Swift")
struct GoldenTests {
  @Test("for a schema with every feature is what we expect, byte for byte")
  func golden() throws {
    let fresh = try text(for: Fixture.text("Tests/GoldenFrames/frames.yaml"), module: "GoldenFrames")
    let golden = try Fixture.text("Tests/FrameGenCoreTests/Golden/GoldenFrames.swift")
    let difference = zip(fresh.split(separator: "\n"), golden.split(separator: "\n")).first { $0.0 != $0.1 }
    #expect(
      fresh == golden,
      """
      first difference: \(String(describing: difference)); if it is wanted, run
      frame-gen --module GoldenFrames Tests/GoldenFrames/frames.yaml \
      Tests/FrameGenCoreTests/Golden/GoldenFrames.swift
      """)
  }

  @Test("depends on the schema only")
  func determinism() throws {
    let schema = "include: b/*.yaml\nframes:\n  A: { id: 1 }\n"
    let files = (2...9).map { ("b/\($0).yaml", "frames:\n  B\($0): { id: \($0), fields: { x: int8 } }\n") }
    let first = try text(for: schema, including: Dictionary(files) { $1 })
    for _ in 0..<10 {
      #expect(try text(for: schema, including: Dictionary(files.shuffled()) { $1 }) == first)
    }
  }

  @Test("imports the wire, unless it is part of it")
  func imports() throws {
    #expect(!(try text(for: "frames:\n  A: { id: 0xFF80 }\n", module: "BusWire")).contains("import"))
    #expect(try text(for: "frames:\n  A: { id: 1 }\n").contains("\npublic import BusWire\n"))
  }
}
