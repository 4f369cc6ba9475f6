import BusWire
import Testing

@testable import framebus

@Suite("A value on the command line")
struct ValueParserTests {
  @Test("is a physical number, stored in steps of the scale")
  func numbers() throws {
    let temperature = try field("t int16 degC 0.01")
    #expect(try ValueParser.value("21.5", of: temperature) == .integer(2150))
    #expect(try ValueParser.value("-0.01", of: temperature) == .integer(-1))
    #expect(try ValueParser.value("0x10", of: try field("n uint8 - 1")) == .integer(16))
    #expect(try ValueParser.value("2.50", of: try field("n float32 V 0.5")) == .float32(5))
    #expect(try ValueParser.value("1e-3", of: try field("n float64 - 1")) == .float64(0.001))
  }

  @Test("is the name of an enum's value, or its number")
  func enums() throws {
    let effector = try field("type uint8 - 1\tenum=END_EFFECTOR CLAW=0 NONE=1")
    #expect(try ValueParser.value("none", of: effector) == .integer(1))
    #expect(try ValueParser.value("7", of: effector) == .integer(7))
    #expect(throws: ValueError("field 'type' takes one of CLAW, NONE, or a number, not 'ARM'")) {
      try ValueParser.value("ARM", of: effector)
    }
    #expect(throws: ValueError("field 'type' takes one of CLAW, NONE, or a number, not 'CLAV'; did you mean 'CLAW'?")) {
      try ValueParser.value("CLAV", of: effector)
    }
  }

  @Test("is a text, with or without quotes")
  func texts() throws {
    let text = try field("s string - 1")
    #expect(try ValueParser.value("two words, [x]", of: text) == .text("two words, [x]"))
    #expect(try ValueParser.value("\"a\\n\\\"b\\\"\"", of: text) == .text("a\n\"b\""))
    #expect(try ValueParser.value("", of: text) == .text(""))
    for wrong in ["\"", "\"a", "\"\\", "\"a\" b"] {
      #expect(throws: ValueError.self) { try ValueParser.value(wrong, of: text) }
    }
  }

  @Test("is bytes, a flag, an array or a structure, also as JSON")
  func others() throws {
    #expect(try ValueParser.value("0x0aFF", of: try field("b bytes - 1")) == .bytes([10, 255]))
    #expect(try ValueParser.value("", of: try field("b bytes - 1")) == .bytes([]))
    #expect(try ValueParser.value("Off", of: try field("b bool - 1")) == .bool(false))
    let list = try field("l uint8[<=3] - 1")
    #expect(try ValueParser.value("[1, 2,3]", of: list) == .array([.integer(1), .integer(2), .integer(3)]))
    #expect(try ValueParser.value("[]", of: list) == .array([]))
    let shares = try field("s {pump uint8 - 1; ratio float32 - 1}[] - 1")
    let value = DynamicValue.array([.structure([.integer(1), .float32(0.5)])])
    #expect(try ValueParser.value("[{pump:1,ratio:0.5}]", of: shares) == value)
    #expect(try ValueParser.value("[{\"ratio\": 0.5, \"pump\": 1}]", of: shares) == value)
    #expect(
      try ValueParser.value("[a, \"b, c\"]", of: try field("s string[2] - 1")) == .array([.text("a"), .text("b, c")]))
  }

  @Test(
    "that does not fit is refused with the field and what it takes",
    arguments: [
      ("n uint8 - 1", "abc", "field 'n' takes a whole number (uint8, 0 to 255), not 'abc'"),
      ("n uint8 - 1", "1.5", "field 'n' takes a whole number (uint8, 0 to 255), not '1.5'"),
      ("n int16 deg 0.5\tmin=-90", "x", "field 'n' takes a number (int16, -45.0 to 16383.5 deg), not 'x'"),
      ("n uint8 - 1", "1 2", "field 'n': '2' follows its value"),
      ("b bool - 1", "maybe", "field 'b' takes true or false, not 'maybe'"),
      ("b bytes - 1", "0xABC", "field 'b' takes bytes such as 0x0AFF, not '0xABC'"),
      ("l uint8[2] - 1", "1", "field 'l' is an array (uint8[2]); write it as [A,B,…]"),
      ("l uint8[2] - 1", "[1,x]", "field 'l[1]' takes a whole number (uint8, 0 to 255), not 'x'"),
      ("l uint8[2] - 1", "[1", "field 'l': ',' or ']' is missing before ''"),
      ("s {a bool - 1; b bool - 1} - 1", "{a:1}", "field 's' lacks 'b'; it has a, b"),
      ("s {a bool - 1; b bool - 1} - 1", "{c:1}", "field 's' has no 'c' in it; it has a, b"),
      ("s {a bool - 1; b bool - 1} - 1", "{a:1,a:0}", "field 's.a' is given twice"),
      ("s {a bool - 1; b bool - 1} - 1", "1", "field 's' is a structure of a, b; write it as {NAME:VALUE,…}"),
    ])
  func errors(list: String, text: String, problem: String) throws {
    let field = try field(list)
    #expect(throws: ValueError(problem)) { try ValueParser.value(text, of: field) }
  }
}
