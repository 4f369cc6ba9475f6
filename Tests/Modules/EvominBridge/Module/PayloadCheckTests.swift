import BusWire
import EvominBridgeProtocol
import FrameCases
import Frames
import TestSupport
import Testing

@testable import evomin_bridge

@Suite("A payload that becomes a frame")
struct PayloadCheckTests {
  private func problem(_ payload: [UInt8], _ frame: FrameType) -> String? {
    let route = EvominRoute(1, frame, direction: .both)
    return EvominMap([route]).problem(of: payload, as: route)?.description
  }

  @Test(
    "passes if its bytes are those of the frame",
    arguments: [
      ([1], .buttonState), ([1, 0, 0, 0, 0xD4, 0xFE, 0, 0], .temperature), ([0xE8, 0x03, 9], .gas),
      ([2, 0, 0, 0, 0x68, 0x69], .robotNames), ([3, 0, 0, 2, 0, 0, 0, 1, 0, 2, 0, 1, 0, 0, 0, 9, 0], .distance),
      ([1, 2, 3, 0, 2, 0, 0, 0, 7, 8], .external), ([1, 2, 3], FrameType(id: 5000)), ([], FrameType(id: 5000)),
      ([7, 0, 0, 0], .candyReset), ([], .candyReset),
    ] as [([UInt8], FrameType)])
  func good(payload: [UInt8], frame: FrameType) {
    #expect(problem(payload, frame) == nil)
  }

  @Test(
    "is told what is wrong with which field",
    arguments: [
      ([], .buttonState, "field 'pressed' needs 1 bytes, the payload has 0 left"),
      ([2], .buttonState, "field 'pressed' is a bool and holds 2 instead of 0 or 1"),
      ([1, 0], .buttonState, "it has 2 bytes and its fields 1; a C struct must be packed"),
      (
        [1, 0, 0, 0, 0xD4, 0xFE], .temperature,
        "field 'object_temperature' needs 2 bytes, the payload has 0 left"
      ),
      ([0, 0, 0, 0, 101], .batteryLevel, "field 'percentage' is 101, its schema allows 0 to 100 %"),
      ([0x9B, 0, 0], .manualControl, "field 'speed' is -101, its schema allows -100 to 100 %"),
      ([2, 0, 0, 0, 0xC3, 0x28], .robotNames, "field 'names' is not valid UTF-8"),
      ([9, 0, 0, 0, 0x68], .robotNames, "field 'names' announces 9 elements, the payload has 1 bytes left"),
      ([1], .external, "field 'external_id' needs 2 bytes, the payload has 1 left"),
    ] as [([UInt8], FrameType, String)])
  func bad(payload: [UInt8], frame: FrameType, text: String) {
    #expect(problem(payload, frame) == text)
  }

  @Test("passes exactly if the SDK of its receivers reads it, and would send the same", arguments: FrameCase.all)
  func agrees(frame: FrameCase) throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    var passed = 0
    for _ in 0..<3000 {
      let payload = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0...1, using: &random) : .random(in: .min ... .max, using: &random)
      }
      let recoded: [UInt8]?
      do throws(CodecError) { recoded = try frame.recode(payload) } catch { recoded = nil }
      let problem = problem(payload, frame.type)
      guard let recoded else {
        #expect(problem != nil, "seed \(seed), \(payload)")
        continue
      }
      // What was left out has its default, and is sent in full.
      let isWhole = recoded.starts(with: payload)
      #expect((problem == nil) == isWhole, "seed \(seed), \(payload): \(problem ?? "no problem")")
      #expect(self.problem(recoded, frame.type) == nil, "seed \(seed), \(recoded)")
      #expect(self.problem(recoded + [0], frame.type) != nil, "seed \(seed), \(recoded)")
      passed += 1
    }
    if frame.type == .buttonState { #expect(passed > 0) }
  }

  @Test("problems of one cause have one name, whatever the values are")
  func cause() {
    let one = PayloadProblem.tooLong(bytes: 4, fieldBytes: 1)
    let other = PayloadProblem.tooLong(bytes: 9, fieldBytes: 1)
    #expect(one.causeID == other.causeID)
    #expect(one.causeID != PayloadProblem.unfit(.invalidBool(field: "pressed", value: 2)).causeID)
  }
}
