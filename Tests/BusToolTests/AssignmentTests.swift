import BusClient
import Frames
import GoldenFrames
import Testing

@testable import framebus

@Suite("Fields on the command line")
struct AssignmentTests {
  private func payload(_ texts: [String], of type: FrameType) throws -> [UInt8] {
    try Assignment.payload(
      texts.map { text throws(UsageError) in try Assignment(text) },
      try FieldList.parse("\(type.fields)"), of: "\(type)")
  }

  @Test("make the payload that the generated type makes")
  func payloads() throws {
    #expect(
      try payload(["object_temperature=-3", "id=1", "ambient_temperature=21.5"], of: .temperature)
        == Temperature(id: 1, ambientTemperature: 21.5, objectTemperature: -3).payload())
    #expect(
      try payload(["external_id=[1,2]", "type=27", "data=0xAABB"], of: .external)
        == External(externalId: .init([1, 2]), type: 27, data: [0xAA, 0xBB]).payload())
    #expect(try payload(["always=3", "light=YELLOW"], of: .defaults) == Defaults(always: 3, light: .yellow).payload())
    #expect(try payload([], of: .trigger) == [])
  }

  @Test("are refused with the frame, the field and its range")
  func problems() {
    let cases: [([String], FrameType, String)] = [
      (
        ["voltage=1", "percentage=101"], .batteryLevel,
        "BATTERY_LEVEL: field 'percentage' is 101, its schema allows 0 to 100 %"
      ),
      (
        ["voltage=-1", "percentage=1"], .batteryLevel,
        "BATTERY_LEVEL: field 'voltage' is -1.000, its schema allows 0.000 to 4294967.295 V"
      ),
      (
        ["external_id=[1]", "type=1", "data="], .external,
        "EXTERNAL: field 'external_id' of 2 elements was given 1"
      ),
      (
        ["voltage=1"], .batteryLevel,
        "BATTERY_LEVEL needs a value for 'percentage'; it has the fields voltage (uint32 in V), percentage (uint8 in %)"
      ),
      (
        ["presed=1"], .buttonState,
        "BUTTON_STATE has no field 'presed'; did you mean 'pressed'? it has the fields pressed (bool)"
      ),
      (["x=1"], .trigger, "TRIGGER has no field 'x'; it has no fields"),
    ]
    for (texts, type, problem) in cases {
      #expect(throws: ToolError(problem)) { try payload(texts, of: type) }
    }
  }

  @Test("have a name and an equals sign", arguments: ["x", "=1", ""])
  func malformed(text: String) {
    #expect(throws: UsageError.self) { try Assignment(text) }
  }
}
