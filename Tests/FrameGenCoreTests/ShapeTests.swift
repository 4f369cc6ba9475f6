import Testing

@Suite("The shape of a schema")
struct ShapeTests {
  @Test("is a mapping at each level")
  func mappings() {
    #expect(
      problems(in: "- frames\n") == [
        "frames.yaml:1:1: error: the schema must be a mapping with lines of 'name: value', but it is a list"
      ])
    #expect(
      problems(in: "enums: [1]\nstructs: many\nframes:\n  A: 1\n  B:\n") == [
        "frames.yaml:1:8: error: 'enums' must be a mapping with lines of 'name: value', but it is a list",
        "frames.yaml:2:10: error: 'structs' must be a mapping with lines of 'name: value', but it is a single value",
        "frames.yaml:4:6: error: frame A must be a mapping with lines of 'name: value', but it is a single value",
        "frames.yaml:5:5: error: frame B must be a mapping with lines of 'name: value', but it is empty",
      ])
    #expect(
      problems(in: "enums:\n  A: { values: 3 }\nstructs:\n  B: { fields: [x] }\nframes:\n  C: { id: 1, fields: x }\n")
        == [
          "frames.yaml:2:16: error: 'values' must be a mapping with lines of 'name: value', but it is a single value",
          "frames.yaml:4:16: error: 'fields' must be a mapping with lines of 'name: value', but it is a list",
          "frames.yaml:6:23: error: 'fields' must be a mapping with lines of 'name: value', but it is a single value",
        ])
  }

  @Test("may leave out what is empty")
  func emptySections() {
    #expect(problems(in: "enums:\nstructs: {}\nframes:\n  A: { id: 1 }\n  B: { id: 2, fields: }\n") == [])
  }

  @Test("knows its keys and suggests the nearest")
  func unknownKeys() {
    #expect(
      problems(in: "frame:\n  A: { id: 1 }\n") == [
        "frames.yaml:1:1: error: unknown key 'frame' in the schema; did you mean 'frames'? known keys: ids, include,"
          + " enums, structs, frames"
      ])
    #expect(
      problems(
        in: "enums:\n  E: { size: 1, values: { X: 0 } }\nstructs:\n  S: { field: {}, fields: { x: bool } }\n"
          + "frames:\n  F: { id: 1, retained: true }\n") == [
          "frames.yaml:2:8: error: unknown key 'size' in enum E; known keys: type, doc, values",
          "frames.yaml:4:8: error: unknown key 'field' in struct S; did you mean 'fields'? known keys: doc, fields",
          "frames.yaml:6:15: error: unknown key 'retained' in frame F; did you mean 'retain'? known keys: id, doc,"
            + " priority, retain, job, fields",
        ])
    #expect(
      problems(in: frame(fields: "x: { type: bool, Unit: m }")) == [
        "frames.yaml:4:24: error: unknown key 'Unit' in field 'x'; did you mean 'unit'? known keys: type, doc, unit,"
          + " scale, min, max, default"
      ])
  }

  @Test("misses nothing that is needed")
  func missing() {
    #expect(
      problems(in: "enums:\n  E: { type: uint8 }\nstructs:\n  S: { doc: None. }\nframes:\n  F: { doc: None. }\n") == [
        "frames.yaml:2:3: error: enum E has no 'values'; add them as NAME: number",
        "frames.yaml:4:3: error: struct S has no fields; add at least one or remove the struct",
        "frames.yaml:6:3: error: frame F has no 'id'; give it a number that no other frame has or had",
      ])
    #expect(
      problems(in: "enums:\n  E: { values: {} }\nstructs:\n  S: { fields: {} }\n") == [
        "frames.yaml:2:16: error: enum E has no values; add at least one as NAME: number",
        "frames.yaml:4:3: error: struct S has no fields; add at least one or remove the struct",
      ])
    #expect(
      problems(in: frame(fields: "x: { doc: None. }", "y: ", "z: [uint8]")) == [
        "frames.yaml:4:7: error: field 'x' has no 'type'; add one such as type: uint8",
        "frames.yaml:5:10: error: field 'y' must be a type such as uint8 or a mapping with a 'type', but it is empty",
        "frames.yaml:6:10: error: field 'z' must be a type such as uint8 or a mapping with a 'type', but it is a list",
      ])
  }

  @Test("has numbers, bools and texts where they belong")
  func values() {
    #expect(
      problems(in: "frames:\n  A: { id: one, retain: yes, doc: [], priority: urgent }\n  B: { id: \"2\", doc: \"\" }\n")
        == [
          "frames.yaml:2:12: error: 'id' must be a whole number such as 42 or 0x2A, not 'one'",
          "frames.yaml:2:25: error: 'retain' must be true, false or a number from 1 to 1024, not 'yes'",
          "frames.yaml:2:35: error: 'doc' must be a text, but it is a list",
          "frames.yaml:2:49: error: unknown priority 'urgent'; one of high, normal, low, data_stream",
          "frames.yaml:3:12: error: 'id' must be a whole number such as 42 or 0x2A, not the text \"2\"",
          "frames.yaml:3:22: error: 'doc' is empty; fill it in or remove the key",
        ])
    #expect(
      problems(in: frame(fields: "x: { type: int8, min: low, max: .inf, scale: [1], unit: }")) == [
        "frames.yaml:4:29: error: 'min' must be a finite number such as 7, -1.5 or 0x1F, not 'low'",
        "frames.yaml:4:39: error: 'max' must be a finite number such as 7, -1.5 or 0x1F, not '.inf'",
        "frames.yaml:4:52: error: 'scale' must be a finite number such as 7, -1.5 or 0x1F, but it is a list",
        "frames.yaml:4:63: error: 'unit' is empty; fill it in or remove the key",
      ])
  }

  @Test("reads numbers as YAML and C write them, but not octal ones")
  func numbers() {
    #expect(problems(in: "frames:\n  A: { id: 0x1F }\n  B: { id: 30 }\n") == [])
    #expect(
      problems(in: "frames:\n  A: { id: 010 }\n  B: { id: 1.5 }\n  C: { id: 0x }\n  D: { id: --1 }\n") == [
        "frames.yaml:2:12: error: 'id' must be a whole number such as 42 or 0x2A, not '010'",
        "frames.yaml:3:12: error: 'id' must be a whole number such as 42 or 0x2A, not '1.5'",
        "frames.yaml:4:12: error: 'id' must be a whole number such as 42 or 0x2A, not '0x'",
        "frames.yaml:5:12: error: 'id' must be a whole number such as 42 or 0x2A, not '--1'",
      ])
  }
}
