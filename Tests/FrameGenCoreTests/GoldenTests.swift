import FrameGenCore
import TestSupport
import Testing

@Suite("Generated Swift")
struct GoldenTests {
  @Test("for a schema with every feature is what we expect, byte for byte")
  func golden() throws {
    let schema = try Fixture.bytes("Tests/GoldenFrames/frames.yaml")
    let fresh = try FrameGenerator(module: "GoldenFrames").generate(from: schema)
    let golden = try Fixture.text("Tests/FrameGenCoreTests/Golden/GoldenFrames.swift")
    let difference = zip(fresh.split(separator: "\n"), golden.split(separator: "\n")).first { $0.0 != $0.1 }
    #expect(
      fresh == golden,
      """
      first difference: \(String(describing: difference)); if it is wanted, run
      frame-gen --lang swift --module GoldenFrames Tests/GoldenFrames/frames.yaml \
      Tests/FrameGenCoreTests/Golden/GoldenFrames.swift
      """)
  }

  @Test("depends on the schema only")
  func determinism() throws {
    let schema = try Fixture.bytes("frames.yaml")
    let first = try FrameGenerator(module: "Frames").generate(from: schema)
    for _ in 0..<10 {
      #expect(try FrameGenerator(module: "Frames").generate(from: schema) == first)
    }
  }

  @Test("imports the wire, unless it is part of it or there is nothing to say")
  func imports() throws {
    let schema = Array("frames:\n  A: { id: 0xFF80 }\n".utf8)
    #expect(!(try FrameGenerator(module: "BusWire").generate(from: schema)).contains("import"))
    #expect(!(try FrameGenerator().generate(from: Array("frames: {}".utf8))).contains("import"))
    let other = try FrameGenerator().generate(from: Array("frames:\n  A: { id: 1 }\n".utf8))
    #expect(other.contains("\npublic import BusWire\n"))
  }
}
