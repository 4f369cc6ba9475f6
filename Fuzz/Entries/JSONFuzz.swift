import FuzzKit
import JSONValue

/// A text that may be JSON: it becomes a value that is written and read again the same, or an error at a place in it.
enum JSONFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    let text = String(decoding: input, as: UTF8.self)
    let value: JSON
    do throws(JSONParser.ParseError) {
      value = try JSONParser.parse(text)
    } catch {
      return try require((1...text.count + 1).contains(error.column), "an error at column \(error.column)")
    }
    let line = value.line
    try require(!line.contains { $0.isNewline }, "a value is written on several lines")
    try require((try? JSONParser.parse(line)) == value, "what was written is read as something else")
  }
}
