import BusWire
import JSONValue
import Testing

@testable import framebus

@Suite("Values are shown")
struct RenderingTests {
  private func text(_ value: DynamicValue, _ list: String) throws -> String {
    ValueText.text(value, try field(list))
  }

  @Test("to people: physical, with unit, enums by name, texts in quotes")
  func people() throws {
    #expect(try text(.integer(2150), "t int16 degC 0.01") == "21.50 degC")
    #expect(try text(.integer(-5), "t int16 degC 0.01") == "-0.05 degC")
    #expect(try text(.integer(3), "t int16 - 1000") == "3000")
    #expect(try text(.float32(0.1), "t float32 V 1") == "0.1 V")
    #expect(try text(.integer(1), "m uint8 - 1\tenum=MODE OFF=0 ON=1") == "ON")
    #expect(try text(.integer(9), "m uint8 - 1\tenum=MODE OFF=0 ON=1") == "9")
    #expect(try text(.text("a \"b\"\u{1B}[2J"), "s string - 1") == "\"a \\\"b\\\"\\u001b[2J\"")
    #expect(try text(.bytes([1, 255]), "b bytes - 1") == "0x01ff")
    #expect(try text(.array([.integer(1), .integer(2)]), "l uint8[] mm 1") == "[1, 2] mm")
    let point = DynamicValue.structure([.integer(1), .bool(true)])
    #expect(try text(.array([point]), "p {x int8 mm 1; ok bool - 1}[] - 1") == "[{x: 1 mm, ok: true}]")
  }

  @Test("without a character that turns, hides or breaks a line")
  func invisible() throws {
    let text = "a\u{202E}b\u{200B}c\u{2028}d\u{E0041}e\u{7F}\u{9B}ü"
    let escaped = #""a\u202eb\u200bc\u2028d\udb40\udc41e\u007f\u009bü""#
    #expect(try self.text(.text(text), "s string - 1") == escaped)
    #expect(JSON.text(text).line == escaped && JSON.object([.init(text, .null)]).line == "{\(escaped):null}")
    #expect(Printable.text(text) == "a b c d e  ü")
    #expect(try JSONParser.parse(escaped) == .text(text))
  }

  @Test("to people in reasonable length")
  func long() throws {
    let many = DynamicValue.array(Array(repeating: .integer(7), count: 1000))
    #expect(try text(many, "l uint8[] - 1").hasSuffix("7, 7, … 1000 in all]"))
    #expect(try text(.bytes(Array(repeating: 7, count: 1000)), "b bytes - 1").hasSuffix("0707… 1000 bytes in all"))
  }

  @Test("to scripts as JSON that is valid whatever comes")
  func scripts() throws {
    let fields = try FieldList.parse(
      """
      t int16 degC 0.01
      n uint64 - 1
      f float32 - 1
      s string - 1
      b bytes - 1
      m uint8 - 1\tenum=MODE OFF=0 ON=1
      p {x float64 - 1}[] - 1
      """)
    let values: [DynamicValue] = [
      .integer(2150), .integer(Int128(UInt64.max)), .float32(.nan), .text("\"\n\u{1}"), .bytes([0xAB]), .integer(1),
      .array([.structure([.float64(-.infinity)]), .structure([.float64(1e300)])]),
    ]
    #expect(
      ValueJSON.object(values, fields).line
        == #"{"t":21.50,"n":18446744073709551615,"f":null,"s":"\"\n\u0001","b":"0xab","m":"ON","#
        + #""p":[{"x":null},{"x":1e+300}]}"#)
  }

  @Test("with the time of day that the clock on the wall shows")
  func times() {
    #expect(TimeOfDay.text(86_399_999_999_999, offsetSeconds: 0) == "23:59:59.999")
    #expect(TimeOfDay.text(0, offsetSeconds: -3600) == "23:00:00.000")
    #expect(TimeOfDay.text(1_700_000_000_042_000_000, offsetSeconds: 3600) == "23:13:20.042")
  }

  @Test("as bytes with offset and letters")
  func hex() {
    #expect(HexDump.text([]) == "")
    let lines = HexDump.text(Array(0x3E...0x50)).split(separator: "\n")
    #expect(lines[0] == "  000000  3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d  |>?@ABCDEFGHIJKLM|")
    #expect(lines[1].hasPrefix("  000010  4e 4f 50   ") && lines[1].hasSuffix("|NOP|"))
  }
}
