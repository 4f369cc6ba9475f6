import BusWire
import Frames
import GoldenFrames
import TestSupport
import Testing

@testable import framebus

@Suite("Payloads of any schema")
struct DynamicCodecTests {
  private let seed = UInt64.random(in: .min ... .max)
  private static let types =
    (FrameType.allInFrames + FrameType.allInGoldenFrames + FrameType.allInBusWire).map { $0.frameType }

  private func decode(_ payload: [UInt8], _ fields: [FieldList.Field]) throws(CodecError) -> [DynamicValue] {
    try DynamicValue.decode(payload.span.bytes, as: fields)
  }

  @Test("come back as the same values and the same bytes", arguments: types)
  func roundTrip(type: FrameType) throws {
    var random = SeededRandom(seed: seed)
    let fields = try FieldList.parse("\(type.fields)")
    for _ in 0..<100 {
      let values = fields.map { DynamicValue.random($0, &random) }
      let payload = try PayloadBuilder.encode(values, as: fields)
      let decoded = try decode(payload, fields)
      #expect(decoded == values, "seed \(seed)")
      #expect(try PayloadBuilder.encode(decoded, as: fields) == payload, "seed \(seed)")
    }
  }

  @Test("are the payloads of the generated types")
  func generated() throws {
    try expectSamePayloads(Scalars.self)
    try expectSamePayloads(Arrays.self)
    try expectSamePayloads(Nested.self)
    try expectSamePayloads(Ranges.self)
    try expectSamePayloads(Defaults.self)
    try expectSamePayloads(Schema.self)
    try expectSamePayloads(Temperature.self)
    try expectSamePayloads(External.self)
    try expectSamePayloads(Distance.self)
    try expectSamePayloads(QrcodeData.self)
  }

  private func expectSamePayloads<Frame: TypedFrame>(_ type: Frame.Type) throws {
    var random = SeededRandom(seed: seed)
    let fields = try FieldList.parse("\(Frame.frameType.fields)")
    for _ in 0..<50 {
      let payload = try PayloadBuilder.encode(fields.map { DynamicValue.random($0, &random) }, as: fields)
      #expect(try Frame(payload: payload).payload() == payload, "\(Frame.frameType), seed \(seed)")
    }
  }

  @Test("that are short, long or damaged give what the generated type gives", arguments: [0, 1, 2])
  func damaged(round: Int) throws {
    var random = SeededRandom(seed: seed)
    let fields = try FieldList.parse("\(FrameType.defaults.fields)")
    for _ in 0..<500 {
      var payload = try PayloadBuilder.encode(fields.map { DynamicValue.random($0, &random) }, as: fields)
      let place = Int.random(in: 0..<payload.count, using: &random)
      switch round {
      case 0: payload.removeSubrange(place...)
      case 1: payload += [1, 2, 3]
      default: payload[place] = .random(in: .min ... .max, using: &random)
      }
      let expected = Result { () throws(CodecError) in try Defaults(payload: payload) }
      let actual = Result { () throws(CodecError) in try decode(payload, fields) }
      switch (expected, actual) {
      case (.success, .success): break
      case (.failure(let expected), .failure(let actual)): #expect(Self.kind(of: expected) == Self.kind(of: actual))
      default: Issue.record("\(expected) against \(actual), seed \(seed), payload \(payload)")
      }
    }
  }

  private static func kind(of error: CodecError) -> Substring {
    "\(error)".prefix { $0 != "[" && $0 != " " }
  }

  @Test("take the defaults of fields that an older sender does not have")
  func defaults() throws {
    let fields = try FieldList.parse("\(FrameType.defaults.fields)")
    let values = try decode([7], fields)
    #expect(try PayloadBuilder.encode(values, as: fields) == Defaults(always: 7).payload())
  }

  @Test("that do not fit are refused with the path of the field")
  func paths() throws {
    let fields = try FieldList.parse("s {a uint8 - 1; b {ok bool - 1}[2] - 1}[] - 1")
    #expect(throws: CodecError.invalidBool(field: "s[1].b[0].ok", value: 9)) {
      try decode([2, 0, 0, 0, 1, 0, 1, 2, 9, 0], fields)
    }
    #expect(throws: CodecError.countOverPayload(field: "s", count: 9, left: 1)) { try decode([9, 0, 0, 0, 1], fields) }
    let huge = try FieldList.parse("x {y {z uint64[65536] - 1}[65536] - 1}[65536] - 1")
    #expect(throws: CodecError.self) { try decode([1, 2, 3], huge) }
  }

  @Test("out of the range of their schema are not made")
  func ranges() throws {
    let fields = try FieldList.parse("a int16 deg 0.5\tmin=-90\tmax=90")
    #expect(throws: CodecError.outOfRange(field: "a", value: "45.5", range: "-45.0 to 45.0 deg")) {
      try PayloadBuilder.encode([.integer(91)], as: fields)
    }
    let real = try FieldList.parse("a float64 - 1\tmax=1")
    #expect(throws: CodecError.self) { try PayloadBuilder.encode([.float64(.nan)], as: real) }
    #expect(throws: CodecError.self) { try PayloadBuilder.encode([.text("1")], as: real) }
  }
}
