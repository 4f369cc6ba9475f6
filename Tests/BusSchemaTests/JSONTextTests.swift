import BusSchema
import Testing

@Suite("Texts of JSON")
struct JSONTextTests {
  @Test(
    "come back as they were",
    arguments: [
      "", "a", "\"\\/\u{8}\u{C}\n\r\t\0\u{1B}\u{7F}\u{9B}", "é☺🤖", "\u{200B}\u{202E}\u{2028}\u{FEFF}\u{E0001}",
    ])
  func roundTrip(text: String) {
    #expect(JSONText.unquoted(JSONText.quoted(text)) == text)
  }

  @Test("hold nothing that a terminal would obey")
  func escapes() {
    #expect(JSONText.quoted("\u{1B}[2J\u{9B}\u{7F}") == "\"\\u001b[2J\\u009b\\u007f\"")
    #expect(JSONText.quoted("a\u{202E}\u{200B}\u{2028}b") == "\"a\\u202e\\u200b\\u2028b\"")
    #expect(JSONText.quoted("\u{E0001}") == "\"\\udb40\\udc01\"")
  }

  @Test(
    "are refused if they are no single text",
    arguments: ["", "a", "\"", "\"a", "\"a\"b", "\"\\\"", "\"\\ud800\\n\"", "\"a\nb\"", "\"\t\"", "\"\\u００４１\""])
  func malformed(literal: String) {
    #expect(JSONText.unquoted(literal) == nil)
  }
}
