import Testing

@Suite("Limits of a schema")
struct LimitTests {
  @Test("hold for the number of declarations")
  func declarations() {
    let many = (1...1025).map { "  F\($0): { id: \($0) }\n" }.joined()
    #expect(
      problems(in: "frames:\n\(many)") == [
        "frames.yaml:1026:3: error: a schema has at most 1024 frames, this one has 1025; remove some"
      ])
  }

  @Test("hold for fields and enum values")
  func members() {
    let fields = (1...257).map { "x\($0): bool" }
    let values = (0...1024).map { "X\($0): \($0)" }
    #expect(
      problems(in: "frames:\n  A: { id: 1, fields: { \(fields.joined(separator: ", ")) } }\n") == [
        "frames.yaml:2:23: error: frame A has 257 fields, the limit is 256; group them in structs"
      ])
    #expect(
      problems(in: "enums:\n  A: { type: uint16, values: { \(values.joined(separator: ", ")) } }\n") == [
        "frames.yaml:2:30: error: enum A has 1025 values, the limit is 1024; use a plain number"
      ])
  }

  @Test("hold for docs and units")
  func texts() {
    let text = String(repeating: "d", count: 4097)
    #expect(
      problems(in: frame(fields: "x: { type: int8, doc: \(text) }", "y: { type: int8, unit: \(text) }")) == [
        "frames.yaml:4:29: error: 'doc' has 4097 bytes, the limit is 4096; shorten it",
        "frames.yaml:5:30: error: a unit has at most 32 bytes; abbreviate it",
      ])
  }

  @Test("hold for the fewest bytes that a frame needs")
  func payload() {
    let schema = """
      structs:
        BLOCK: { fields: { words: "uint64[65536]" } }
        WALL: { fields: { blocks: "BLOCK[65536]", more: "BLOCK[65536]" } }
        HOUSE: { fields: { walls: "WALL[65536]", roof: "WALL[65536]" } }
      frames:
        FITS: { id: 1, fields: { blocks: "BLOCK[8]" } }
        WIDE: { id: 2, fields: { blocks: "BLOCK[8]", x: bool } }
        HUGE: { id: 3, fields: { houses: "HOUSE[65536]" } }
        COUNTED: { id: 4, fields: { houses: "HOUSE[]" } }
      """
    let advice = "takes more than 4194304 bytes, the largest payload; shorten its arrays"
    #expect(
      problems(in: schema) == [
        "frames.yaml:7:3: error: frame WIDE \(advice)",
        "frames.yaml:8:3: error: frame HUGE \(advice)",
      ])
  }

  @Test("hold for structs within structs")
  func nesting() {
    let structs = (1...9).map { "  S\($0): { fields: { s: \($0 == 1 ? "bool" : "S\($0 - 1)") } }\n" }.joined()
    #expect(
      problems(in: "structs:\n\(structs)") == [
        "frames.yaml:10:3: error: structs are nested more than 8 deep; flatten them"
      ])
  }

  @Test("hold for the fields of a frame with those of its structs, and for its field list")
  func fieldLists() {
    let ten = { (type: String) in (0..<10).map { "x\($0): \(type)" }.joined(separator: ", ") }
    let doc = String(repeating: "d", count: 4096)
    let schema = """
      structs:
        TEN: { fields: { \(ten("bool")) } }
        HUNDRED: { fields: { \(ten("TEN")) } }
        THOUSAND: { fields: { \(ten("HUNDRED")) } }
        TALKATIVE: { fields: { x: { type: bool, doc: \(doc) } } }
      frames:
        A: { id: 1, fields: { \(ten("HUNDRED")) } }
        B: { id: 2, fields: { \(ten("THOUSAND")) } }
      """
    #expect(
      problems(in: schema) == [
        "frames.yaml:8:3: error: frame B has more than 4096 fields with those of its structs; split it"
      ])
    #expect(
      problems(
        in: schema.replacing("B: { id: 2", with: "C: { id: 2").replacing(
          ten("THOUSAND"), with: ten("TALKATIVE") + ", " + ten("TALKATIVE").replacing("x", with: "y"))) == [
          "frames.yaml:8:3: error: the field list of C has 82799 bytes, the limit is 65536; shorten its docs or split it"
        ])
  }
}
