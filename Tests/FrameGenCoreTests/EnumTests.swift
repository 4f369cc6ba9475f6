import Testing

@testable import FrameGenCore

@Suite("Enums")
struct EnumTests {
  @Test("are carried by integers")
  func carriers() {
    let schema = "enums:\n  A: { type: float32, values: { X: 0 } }\n  B: { type: uint9, values: { X: 0 } }\n"
    let integers = "int8, int16, int32, int64, uint8, uint16, uint32, uint64"
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:14: error: an enum cannot be of type 'float32'; use one of \(integers)",
        "frames.yaml:3:14: error: an enum cannot be of type 'uint9'; did you mean 'uint8'? use one of \(integers)",
      ])
  }

  @Test("may explain their values, in Swift and in the field list")
  func documented() throws {
    let schema = """
      enums:
        MODE: { values: { OFF: { value: 0, doc: "It is\\n off." }, ON: 1, IDLE: { doc: Waits., value: 0x10 } } }
      structs:
        PART: { fields: { mode: MODE } }
      frames:
        SAMPLE: { id: 1, fields: { mode: MODE, parts: "PART[]" } }
      """
    let swift = try text(for: schema)
    #expect(swift.contains("  /// It is  off.\n  @inlinable\n  public static var off: Mode"))
    #expect(
      try model(of: schema).frames[0].fieldList == """
        mode uint8 - 1\tenum=MODE OFF=0 ON=1 IDLE=16\tOFF:doc=It is  off.\tIDLE:doc=Waits.
        parts {mode uint8 - 1}[] - 1\tstruct=PART\tmode:enum=MODE OFF=0 ON=1 IDLE=16\tmode.OFF:doc=It is  off.\
        \tmode.IDLE:doc=Waits.
        """)
  }

  @Test("have values that are numbers, or mappings with one")
  func malformedValues() {
    let schema =
      "enums:\n  A: { values: { X: { doc: None. }, Y: { value: a }, Z: { value: 1, name: b }, U: [2], V: } }\n"
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:18: error: value X has no 'value'; give it a number",
        "frames.yaml:2:49: error: 'value' must be a whole number such as 42 or 0x2A, not 'a'",
        "frames.yaml:2:69: error: unknown key 'name' in value Z; known keys: value, doc",
        "frames.yaml:2:83: error: 'U' must be a whole number such as 42 or 0x2A, but it is a list",
        "frames.yaml:2:91: error: 'V' must be a whole number such as 42 or 0x2A, but it is empty",
      ])
  }

  @Test("have different values, each of their type")
  func values() {
    let schema = """
      enums:
        A: { values: { X: 0, Y: 255, Z: 256, N: -1 } }
        B: { type: int8, values: { X: -128, Y: 127, Z: 128 } }
        C: { type: uint64, values: { X: 18446744073709551615, Y: 0xFFFFFFFFFFFFFFFF, Z: one } }
      """
    let advice = "use such a number or a wider type"
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:35: error: Z is 256, but uint8 holds 0 to 255; \(advice)",
        "frames.yaml:2:43: error: N is -1, but uint8 holds 0 to 255; \(advice)",
        "frames.yaml:3:50: error: Z is 128, but int8 holds -128 to 127; \(advice)",
        "frames.yaml:4:60: error: Y is 18446744073709551615, already the value of X in line 4; give it another number",
        "frames.yaml:4:83: error: 'Z' must be a whole number such as 42 or 0x2A, not 'one'",
      ])
  }
}
