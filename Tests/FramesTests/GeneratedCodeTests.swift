import BusWire
import FrameCases
import Frames
import GoldenFrames
import Testing

@Suite("Generated types")
struct GeneratedCodeTests {
  @Test("keep enum values that the schema does not know")
  func openEnums() throws {
    #expect(Light.allKnown == [.red, .yellow, .green])
    #expect(Light.green.name == "GREEN" && "\(Light.green)" == "GREEN")
    let unknown = Light(rawValue: 200)
    #expect(unknown.name == nil && "\(unknown)" == "200")
    let gas = try Gas(payload: [1, 0, 200])
    #expect(gas.gasId == GasType(rawValue: 200))
    #expect(try gas.payload() == [1, 0, 200])
  }

  @Test("take the default of each field that an older sender does not have")
  func defaults() throws {
    let full = Defaults(always: 1)
    #expect(full.flag && full.count == -7 && full.factor == 0.25 && full.light == .green)
    #expect(full.text == "say \"hi\"\n\\ \t☺" && full.numbers == [] && full.lights == [] && full.blob == [])
    #expect(try Defaults(payload: [1]) == full)
    #expect(try Defaults(payload: [1, 0]) == Defaults(always: 1, flag: false))
    #expect(try Defaults(payload: [1, 0, 3, 0, 0, 0]) == Defaults(always: 1, flag: false, count: 3))
    #expect(throws: CodecError.truncated(field: "count", needs: 4, left: 3)) { try Defaults(payload: [1, 0, 3, 0, 0]) }
    #expect(throws: CodecError.truncated(field: "always", needs: 1, left: 0)) { try Defaults(payload: []) }
  }

  @Test("have fields and values that are named like words of Swift")
  func keywords() throws {
    var frame = try Keywords(payload: (0..<12) + [1, 0, 0, 0, 3] + (13..<35))
    #expect(frame.type == 0 && frame.self_ == 1 && frame.`init` == 2 && frame.default == 3 && frame.in == 4)
    #expect(frame.protocol == 5 && frame.encodedSize_ == 6 && frame.frameType == 7 && frame.encode == 8)
    #expect(frame.payload == 9 && frame.writer == 10 && frame.reader == 11 && frame.element == [3])
    #expect(frame.await == 13 && frame.throws == 14 && frame.true == 15 && frame.hashValue == 34)
    frame.type = 99
    #expect(try frame.payload().first == 99)
    #expect(Keywords.frameType.id == 4102 && FrameType.`init`.id == 4103)
    #expect(Word.self_.name == "SELF" && Word.`init`.name == "INIT" && Word.in.name == "IN")
    #expect(Word.allKnown_.name == "ALL_KNOWN" && Word.encodedSizeMin_.rawValue == 5)
    #expect(Word.encodedSizeMin == 8 && Word.type.rawValue == .max)
  }

  @Test("know the id, name, priority and retention of their frame")
  func frameTypes() {
    #expect(Temperature.frameType == .temperature)
    #expect(FrameType.temperature.id == 27 && "\(FrameType.temperature)" == "TEMPERATURE")
    #expect(FrameType.temperature.priority == .normal && FrameType.temperature.retain == 1)
    #expect(FrameType.microphone.priority == .dataStream && FrameType.microphone.retain == 0)
    #expect(FrameType.trigger.priority == .high && FrameType.nested.priority == .low && FrameType.nested.retain == 1)
    #expect(FrameType.hello.isBusFrame)
  }

  @Test("of the robot have the ids 1 to 38")
  func robotIDs() {
    #expect(FrameType.allInFrames.prefix(38).map { $0.frameType.id } == Array(1...38))
  }

  @Test("of a job know their parts in it")
  func jobs() throws {
    #expect(Brew.job == JobFrames(outcome: 4108, accepted: 4105, cancel: 4109, progress: [4106, 4107]))
    #expect(Rinse.job == JobFrames(outcome: 4111))
    for frame in FrameType.allInGoldenFrames {
      #expect((frame as? any JobCommand.Type)?.job == frame.frameType.job)
    }
    #expect(Brew.acceptedType == .brewAccepted && Brew.cancelType == .brewCancel)
    #expect(Rinse.acceptedType == nil && Rinse.cancelType == nil)
    let parts: [any JobFrame] = [
      Brew(request: 1), BrewAccepted(request: 1), BrewProgress(request: 1, cups: 2), BrewCancel(request: 1),
    ]
    #expect(parts.allSatisfy { $0.request == 1 })
    let done = Brew.Outcome(request: 7, outcome: .cancelled, text: "no water")
    #expect(done == BrewDone(request: 7, outcome: .cancelled, text: "no water", cups: 0, in: .green, `inout`: false))
    #expect(Rinse.Outcome(request: 7, outcome: .done, text: "").outcome.name == "DONE")
    #expect(try BrewDone(payload: [7, 0, 0, 0, 3, 1, 0, 0, 0, 0x61]).outcome == .cancelled)
    #expect("\(FrameType.rinseDone.fields)".contains("outcome uint8 - 1\tenum=JOB_OUTCOME DONE=0 FAILED=1"))
    #expect(FrameType.brewDone.properties == FrameProperties(retain: 64))
  }

  @Test("carry the canonical field list")
  func fieldLists() {
    #expect("\(FrameType.trigger.fields)" == "")
    #expect("\(FrameType.buttonState.fields)" == "pressed bool - 1")
    #expect(
      "\(FrameType.temperature.fields)" == """
        id uint32 - 1\tdoc=Unique id of the sensor.
        ambient_temperature int16 degC 0.01
        object_temperature int16 degC 0.01
        """)
    #expect(
      "\(FrameType.batteryLevel.fields)" == "voltage uint32 V 0.001\npercentage uint8 % 1\tmin=0\tmax=100")
    #expect("\(FrameType.endEffectorType.fields)" == "type uint8 - 1\tenum=END_EFFECTOR CLAW=0 NONE=1")
    #expect(
      "\(FrameType.external.fields)" == """
        external_id uint8[2] - 1\tdoc=The other system.
        type uint16 - 1\tdoc=Frame id of the carried frame.
        data bytes[<=251] - 1\tdoc=Payload of the carried frame.
        """)
    #expect("\(FrameType.defaults.fields)".contains("\ntext string - 1 = \"say \\\"hi\\\"\\n\\\\ \\t☺\"\n"))
  }
}
