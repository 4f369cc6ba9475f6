import BusSchema
import Testing

@Suite("Did you mean")
struct NearestTests {
  @Test(
    "finds the word with the fewest edits, of which a swap is one",
    arguments: [
      ("lisetn", "listen"), ("FEILDS", "fields"), ("feild", "fields"), ("sned", "send"), ("x", nil), ("", nil),
    ])
  func match(word: String, expected: String?) {
    #expect(Nearest.match(for: word, among: ["list", "listen", "send", "fields"]) == expected)
  }

  @Test("says nothing if nothing is near")
  func advice() {
    #expect(Nearest.advice(for: "sned", among: ["send"]) == "did you mean 'send'? ")
    #expect(Nearest.advice(for: "hello", among: ["send"]) == "")
    #expect(Nearest.match(for: String(repeating: "a", count: 100_000), among: ["b"]) == nil)
  }
}
