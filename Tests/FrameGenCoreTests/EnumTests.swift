import Testing

@Suite("Enums")
struct EnumTests {
  @Test("are carried by integers")
  func carriers() {
    let schema = "enums:\n  A: { type: float32, values: { X: 0 } }\n  B: { type: uint9, values: { X: 0 } }\n"
    let integers = "int8, int16, int32, int64, uint8, uint16, uint32, uint64"
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:14: error: an enum cannot be of type 'float32'; use one of \(integers)",
        "frames.yaml:3:14: error: an enum cannot be of type 'uint9'; did you mean 'uint8'? use one of \(integers)",
      ])
  }

  @Test("have different values, each of their type")
  func values() {
    let schema = """
      enums:
        A: { values: { X: 0, Y: 255, Z: 256, N: -1 } }
        B: { type: int8, values: { X: -128, Y: 127, Z: 128 } }
        C: { type: uint64, values: { X: 18446744073709551615, Y: 0xFFFFFFFFFFFFFFFF, Z: one } }
      """
    let advice = "use such a number or a wider type"
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:35: error: Z is 256, but uint8 holds 0 to 255; \(advice)",
        "frames.yaml:2:43: error: N is -1, but uint8 holds 0 to 255; \(advice)",
        "frames.yaml:3:50: error: Z is 128, but int8 holds -128 to 127; \(advice)",
        "frames.yaml:4:60: error: Y is 18446744073709551615, already the value of X in line 4; give it another number",
        "frames.yaml:4:83: error: 'Z' must be a whole number such as 42 or 0x2A, not 'one'",
      ])
  }
}
