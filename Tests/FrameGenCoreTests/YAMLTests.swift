import FrameGenCore
import Testing

@Suite("The text of a schema")
struct YAMLTests {
  @Test("must be YAML")
  func syntax() {
    #expect(
      problems(in: "frames:\n\tA:\n") == [
        "frames.yaml:2:1: error: a tab; indent with spaces"
      ])
    #expect(
      problems(in: "frames:\n  A: [1, 2\n") == [
        "frames.yaml:3:1: error: not valid YAML while parsing a flow sequence: did not find expected ',' or ']'"
      ])
  }

  @Test("gets advice on brackets and colons that need quotes")
  func quotes() {
    #expect(
      problems(in: "frames:\n  A: { id: 1, fields: { x: { type: uint8[4] } } }\n") == [
        "frames.yaml:2:41: error: not valid YAML while parsing a flow mapping: did not find expected ',' or '}';"
          + " inside { } a type with brackets and a text with a comma need quotes"
      ])
    #expect(
      problems(in: "frames:\n  A:\n    doc: Note: this\n") == [
        "frames.yaml:3:14: error: not valid YAML: mapping values are not allowed in this context; a text with ': ' in"
          + " it needs quotes"
      ])
  }

  @Test("must not be empty", arguments: ["", "\n\n", "# nothing\n", "---\n"])
  func empty(schema: String) {
    #expect(
      problems(in: schema) == ["frames.yaml:1:1: error: the file is empty; declare frames under 'frames:'"])
  }

  @Test(
    "must declare something", arguments: [("{}", 1), ("frames: {}", 9), ("ids: 4096", 1), ("enums:\nstructs:\n", 1)])
  func nothingDeclared(schema: String, column: Int) {
    #expect(
      problems(in: schema) == [
        "frames.yaml:1:\(column): error: the file declares nothing; declare frames under 'frames:'"
      ])
  }

  @Test("must be UTF-8, and the first byte that is not is named")
  func encoding() {
    let bytes = Array("frames:\n  # é ".utf8) + [0xFF, 0x0A]
    #expect(
      problems(in: bytes) == ["frames.yaml:2:7: error: the file is not UTF-8 from here on; save it as UTF-8"])
  }

  @Test("may start with a byte order mark")
  func byteOrderMark() {
    #expect(problems(in: "\u{FEFF}frames:\n  A: { id: 1 }\n") == [])
  }

  @Test("must not hold control characters")
  func controlCharacters() {
    #expect(
      problems(in: "frames:\n  é\u{1}: 1\n") == [
        "frames.yaml:2:4: error: not valid YAML: control characters are not allowed"
      ])
  }

  @Test("has a limit")
  func size() {
    let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: FrameGenerator.schemaBytesMax + 1)
    #expect(
      problems(in: bytes) == [
        "frames.yaml:1:1: error: the file has more than 1048576 bytes; move a part of it to another one and 'include' that"
      ])
  }

  @Test("has a limit of depth")
  func depth() {
    let schema = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    #expect(
      problems(in: schema) == ["frames.yaml:1:17: error: nested deeper than 16 levels; nothing here needs that"])
  }

  @Test("is one document")
  func documents() {
    #expect(
      problems(in: "frames:\n---\nframes:\n") == [
        "frames.yaml:2:1: error: a second YAML document starts here; put everything into one"
      ])
  }

  @Test("has no key twice")
  func duplicateKeys() {
    #expect(
      problems(in: "frames:\n  A: { id: 1 }\n  B: { id: 2, id: 3 }\n  A: { id: 4 }\n") == [
        "frames.yaml:3:15: error: duplicate key 'id', already in line 3; rename or remove one of them",
        "frames.yaml:4:3: error: duplicate key 'A', already in line 2; rename or remove one of them",
      ])
  }

  @Test("has no anchors, aliases and tags")
  func extras() {
    #expect(
      problems(in: "frames:\n  A: &a { id: 1 }\n  B: *a\n  C: { id: !!int 3 }\n") == [
        "frames.yaml:2:6: error: anchors (&name) are not supported; remove it",
        "frames.yaml:3:6: error: aliases (*name) are not supported; write the value out here",
        "frames.yaml:4:12: error: tags (!name) are not supported; remove it",
      ])
  }

  @Test("has names for keys")
  func keys() {
    #expect(
      problems(in: "frames:\n  [A, B]: 1\n") == [
        "frames.yaml:2:3: error: a key must be a name, not a list"
      ])
  }
}
