import BusWire
import Frames
import GoldenFrames
import Testing

@Suite("Ranges and bounds")
struct RangeTests {
  private let inRange = Ranges(
    percent: 100, angle: -45, above: -5, below: 4_000_000_000, x: 0.1, y: -1e-5, parts: [9], edges: .init([-1, 1]))

  /// What encoding says about a frame.
  private func refusal(_ change: (inout Ranges) -> Void) -> String? {
    var frame = inRange
    change(&frame)
    do throws(CodecError) {
      _ = try frame.payload()
      return nil
    } catch {
      return error.description
    }
  }

  @Test("are enforced when a frame is encoded")
  func numbers() {
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0.percent = 101 } == "field 'percent' is 101, its schema allows 0 to 100 %")
    #expect(refusal { $0.angle = -45.5 } == "field 'angle' is -45.5, its schema allows -45 to 45 deg")
    #expect(refusal { $0.above = -6 } == "field 'above' is -6, its schema allows -5 to 9223372036854775807")
    #expect(refusal { $0.below += 1 } == "field 'below' is 4000000001, its schema allows 0 to 4000000000")
    #expect(refusal { $0.x = 0 } == "field 'x' is 0.0, its schema allows 0.1 to inf")
    #expect(refusal { $0.x = .nan } == "field 'x' is nan, its schema allows 0.1 to inf")
    #expect(refusal { $0.y = 0 } == "field 'y' is 0, its schema allows -inf to -1e-05")
  }

  @Test("hold for each element of an array")
  func elements() {
    #expect(refusal { $0.parts = [0, 10] } == "field 'parts' is 10, its schema allows 0 to 9")
    #expect(refusal { $0.edges[1] = 1.5 } == "field 'edges' is 1.5, its schema allows -1.0 to 1.0")
    #expect(refusal { $0.parts = [1, 2, 3, 4, 5] } == "field 'parts' has 5 elements, its schema allows 4")
  }

  @Test("hold within structs, whose fields are named with the struct")
  func structs() {
    let frame = Nested(share: Share(pump: 8, ratio: 0), items: [], level: .none, word: .in)
    #expect(throws: CodecError.outOfRange(field: "SHARE.pump", value: "8", range: "0 to 7")) { try frame.payload() }
  }

  @Test("of strings and bytes count bytes")
  func texts() {
    #expect(throws: CodecError.bytesOverBound(field: "names", bytes: 256, bound: 255)) {
      try RobotNames(names: String(repeating: "é", count: 128)).payload()
    }
    #expect(throws: CodecError.bytesOverBound(field: "data", bytes: 252, bound: 251)) {
      try External(externalId: .init([0, 0]), type: 0, data: [UInt8](repeating: 0, count: 252)).payload()
    }
  }

  @Test("of strings are reported in bytes")
  func bytes() {
    #expect(
      CodecError.bytesOverBound(field: "label", bytes: 34, bound: 32).description
        == "field 'label' has 34 bytes, its schema allows 32")
    #expect(throws: CodecError.bytesOverBound(field: "names", bytes: 256, bound: 255)) {
      try RobotNames(payload: [0, 1, 0, 0] + [UInt8](repeating: 0x61, count: 256))
    }
  }

  @Test("of numbers are not checked when a frame is decoded")
  func decoding() throws {
    #expect(try BatteryLevel(payload: [0, 0, 0, 0, 101]).percentage == 101)
  }

  @Test("of counts are checked when a frame is decoded")
  func decodedCounts() {
    #expect(throws: CodecError.countOverBound(field: "microphone_data", count: 65, bound: 64)) {
      try Microphone(payload: [65, 0, 0, 0])
    }
  }
}
