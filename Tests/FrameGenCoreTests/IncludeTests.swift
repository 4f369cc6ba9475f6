import Testing

@Suite("Included files")
struct IncludeTests {
  private func frame(_ name: String, _ id: Int, ids: String? = nil, field: String = "bool") -> String {
    (ids.map { "ids: \($0)\n" } ?? "") + "frames:\n  \(name): { id: \(id), fields: { x: \(field) } }\n"
  }

  @Test("become part of the schema, in the order of the includes and of the names that a pattern matches")
  func order() throws {
    let files = [
      "z/frames.yaml": frame("Z", 4100), "b/frames.yaml": "include: ../more.yaml\n" + frame("B", 4101),
      "a/frames.yaml": frame("A", 4102), "more.yaml": frame("MORE", 4103), "c/other.yaml": frame("C", 4104),
    ]
    let schema = "include: [z/frames.yaml, \"*/frames.yaml\", none/*.yaml]\n" + frame("ROOT", 4096)
    let swift = try text(for: schema, including: files)
    let names = swift.matches(of: /struct (\w+): TypedFrame/).map { String($0.1) }
    #expect(names == ["Root", "Z", "A", "B", "More"])
  }

  @Test("share enums and structs")
  func shared() {
    let files = ["a.yaml": frame("A", 4097, field: "LIGHT"), "b.yaml": "enums:\n  LIGHT: { values: { RED: 0 } }\n"]
    #expect(problems(in: "include: [a.yaml, b.yaml]\n", including: files) == [])
  }

  @Test("each report their problems with their own path, in one run")
  func ownPath() {
    let files = [
      "a.yaml": frame("a", 4096) + "  B: { id: 1 }\n", "sub/b.yaml": "frames:\n\tC:\n", "sub/c.yaml": "",
    ]
    #expect(
      problems(in: "include: [./a.yaml, sub/*.yaml]\n" + frame("ROOT", 4096, field: "colour"), including: files) == [
        "a.yaml:2:3: error: 'a' cannot name a frame; use capital letters, digits and _, such as BUTTON_STATE",
        "a.yaml:2:12: error: duplicate id 4096, already the id of ROOT at frames.yaml:3:3; take one that no frame has"
          + " or had",
        "a.yaml:3:12: error: ids below 4096 are Framebus's own; use one of 4096-65279",
        "sub/b.yaml:2:1: error: a tab; indent with spaces",
        "sub/c.yaml:1:1: error: the file is empty; declare frames under 'frames:'",
      ])
  }

  @Test("must be there if they are named, but a pattern may match nothing")
  func missing() {
    #expect(
      problems(in: "include:\n  - no.yaml\n  - no/*.yaml\n" + frame("ROOT", 4096, field: "LOST"), including: [:]) == [
        "frames.yaml:2:5: error: no.yaml cannot be opened: No such file or directory; correct the path or remove it from"
          + " 'include'"
      ])
    #expect(
      problems(in: "include: []\n", including: [:]) == [
        "frames.yaml:1:1: error: the file declares nothing; declare frames under 'frames:'"
      ])
    #expect(
      problems(in: "include: { a: b }\n" + frame("ROOT", 4096), including: [:]) == [
        "frames.yaml:1:10: error: 'include' must be a text, but it is a mapping"
      ])
  }

  @Test("cannot include themselves, directly or by others")
  func circles() {
    let files = [
      "a.yaml": "include: b.yaml\n" + frame("A", 4097), "b.yaml": "include: [b.yaml, ./x/../a.yaml, frames.yaml]\n",
    ]
    let advice = "remove one of these includes"
    #expect(
      problems(in: "include: a.yaml\n", including: files) == [
        "b.yaml:1:11: error: a schema cannot include itself: b.yaml -> b.yaml; \(advice)",
        "b.yaml:1:19: error: a schema cannot include itself: a.yaml -> b.yaml -> a.yaml; \(advice)",
        "b.yaml:1:34: error: a schema cannot include itself: frames.yaml -> a.yaml -> b.yaml -> frames.yaml; \(advice)",
      ])
  }

  @Test("have limits on their number and on how deep they include each other")
  func limits() {
    let deep = Dictionary(
      uniqueKeysWithValues: (1...20).map { ("\($0).yaml", "include: \($0 + 1).yaml\n" + frame("F\($0)", 4096 + $0)) })
    let limits = "a schema has at most 256 files, and 8 that include each other; merge some"
    #expect(problems(in: "include: 1.yaml\n", including: deep) == ["8.yaml:1:10: error: \(limits)"])
    let many = Dictionary(
      uniqueKeysWithValues: (1000...1300).map { ("\($0).yaml", frame("F\($0)", 4096 + $0)) })
    #expect(problems(in: "include: \"*.yaml\"\n", including: many) == ["frames.yaml:1:10: error: \(limits)"])
  }

  @Test("have ids of their own")
  func ids() {
    let files = [
      "a.yaml": frame("A", 64, ids: "64-79") + "  A2: { id: 80 }\n  A3: { id: 5 }\n",
      "b.yaml": frame("B", 81, ids: "[80-95, 0x100]") + "  B2: { id: 256 }\n  B3: { id: 257 }\n",
      "c.yaml": frame("C", 4096) + "  C2: { id: 4100 }\n",
      "d.yaml": frame("D", 4100, ids: "4100"),
    ]
    #expect(
      problems(in: "include: \"*.yaml\"\n" + frame("ROOT", 1, ids: "1-63") + "  R2: { id: 64 }\n", including: files)
        == [
          "frames.yaml:5:13: error: id 64 is one of 64-79, the ids of a.yaml; use one of 1-63",
          "a.yaml:4:13: error: id 80 is one of 80-95, the ids of b.yaml; use one of 64-79",
          "a.yaml:5:13: error: id 5 is one of 1-63, the ids of frames.yaml; use one of 64-79",
          "b.yaml:5:13: error: id 257 is not one of this file's ids; use one of 80-95, 256, or add it to 'ids'",
          "c.yaml:3:13: error: id 4100 is one of 4100, the ids of d.yaml; use one of 4096-65279",
        ])
  }

  @Test("cannot have ids that another file has, or that no module can have")
  func ranges() {
    let files = [
      "a.yaml": frame("A", 70, ids: "60-70"), "b.yaml": frame("B", 80, ids: "[80-90, 90-99]"),
      "c.yaml": frame("C", 65280, ids: "65279-65280"), "d.yaml": frame("D", 100, ids: "110-100"),
      "e.yaml": frame("E", 120, ids: "many"), "f.yaml": frame("F", 0, ids: "0-9"),
    ]
    #expect(
      problems(in: "include: \"*.yaml\"\nids: 1-63\n", including: files) == [
        "a.yaml:1:6: error: ids 60-70 overlap with 1-63 at frames.yaml:2:6; choose free ones",
        "b.yaml:1:14: error: ids 90-99 overlap with 80-90 in line 1; choose free ones",
        "c.yaml:1:6: error: ids 65279-65280 are not all available; use 1 to 65279",
        "c.yaml:3:12: error: id 65280 belongs to the bus, which owns 65280 (0xFF00) and up; use 4096 to 65279",
        "d.yaml:1:6: error: 'ids' must be a range such as 128-143, or a list of them, not '110-100'",
        "e.yaml:1:6: error: 'ids' must be a range such as 128-143, or a list of them, not 'many'",
        "f.yaml:1:6: error: ids 0-9 are not all available; use 1 to 65279",
        "f.yaml:3:12: error: id 0 means all frames; use 4096 to 65279",
      ])
  }

  @Test("cannot declare a name that another file has")
  func names() {
    let files = [
      "a.yaml": "structs:\n  POINT: { fields: { x: int8 } }\n" + frame("LIGHT", 4097),
      "b.yaml": "enums:\n  LIGHT: { values: { RED: 0 } }\n" + frame("BUTTON__STATE", 4098),
    ]
    let schema = "include: [a.yaml, b.yaml]\nstructs:\n  POINT: { fields: { x: int8 } }\n" + frame("BUTTON_STATE", 4096)
    #expect(
      problems(in: schema, including: files) == [
        "a.yaml:2:3: error: 'POINT' is declared already, at frames.yaml:3:3; rename or remove one of them",
        "a.yaml:4:3: error: 'LIGHT' is declared already, at b.yaml:2:3; rename or remove one of them",
        "b.yaml:4:3: error: 'BUTTON__STATE' becomes the Swift type ButtonState, as does 'BUTTON_STATE' at"
          + " frames.yaml:5:3; rename one of them",
      ])
  }
}
