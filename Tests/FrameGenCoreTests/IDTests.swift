import Testing

@Suite("Frame ids")
struct IDTests {
  @Test("are never given twice")
  func duplicates() {
    #expect(
      problems(in: "frames:\n  A: { id: 5 }\n  B: { id: 6 }\n  C: { id: 0x05 }\n") == [
        "frames.yaml:4:12: error: duplicate id 5, already the id of A in line 2; take one that no frame has or had"
      ])
  }

  @Test("come from the range of modules")
  func range() {
    let schema = """
      frames:
        A: { id: 0 }
        B: { id: -1 }
        C: { id: 65279 }
        D: { id: 0xFF00 }
        E: { id: 65535 }
        F: { id: 65536 }
        G: { id: 99999999999999999999999999999999 }
        H: { id: 999999999999999999999999999999999999999999 }
      """
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:12: error: id 0 means all frames; use 1 to 65279",
        "frames.yaml:3:12: error: id -1 does not fit into 16 bits; use 1 to 65279",
        "frames.yaml:5:12: error: id 65280 belongs to the bus, which owns 65280 (0xFF00) and up; use 1 to 65279",
        "frames.yaml:6:12: error: id 65535 belongs to the bus, which owns 65280 (0xFF00) and up; use 1 to 65279",
        "frames.yaml:7:12: error: id 65536 does not fit into 16 bits; use 1 to 65279",
        "frames.yaml:8:12: error: id 99999999999999999999999999999999 does not fit into 16 bits; use 1 to 65279",
        "frames.yaml:9:12: error: 'id' must be a whole number such as 42 or 0x2A, not"
          + " '999999999999999999999999999999999999999999'",
      ])
  }

  @Test("of the bus come from its own range")
  func busRange() {
    #expect(
      problems(in: "frames:\n  A: { id: 0 }\n  B: { id: 1 }\n  C: { id: 0xFF00 }\n", module: "BusWire") == [
        "frames.yaml:2:12: error: id 0 means all frames; use 65280 (0xFF00) to 65535",
        "frames.yaml:3:12: error: id 1 belongs to modules; the bus uses 65280 (0xFF00) to 65535",
      ])
  }
}
