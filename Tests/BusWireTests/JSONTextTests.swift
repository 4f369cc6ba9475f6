import BusWire
import Testing

@Suite("Texts of JSON")
struct JSONTextTests {
  @Test("come back as they were", arguments: ["", "a", "\"\\/\u{8}\u{C}\n\r\t\0\u{1B}\u{7F}\u{9B}", "é☺🤖"])
  func roundTrip(text: String) {
    #expect(JSONText.unquoted(JSONText.quoted(text)) == text)
  }

  @Test("hold nothing that a terminal would obey")
  func escapes() {
    #expect(JSONText.quoted("\u{1B}[2J\u{9B}\u{7F}") == "\"\\u001b[2J\\u009b\\u007f\"")
  }

  @Test(
    "are refused if they are no single text", arguments: ["", "a", "\"", "\"a", "\"a\"b", "\"\\\"", "\"\\ud800\\n\""])
  func malformed(literal: String) {
    #expect(JSONText.unquoted(literal) == nil)
  }
}
