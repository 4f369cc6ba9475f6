import Testing

@Suite("Types")
struct TypeTests {
  @Test("must exist; the nearest is suggested")
  func unknown() {
    #expect(
      problems(
        in: "structs:\n  POINT: { fields: { x: uint16 } }\n" + frame(fields: "a: Uint8", "b: PINT", "c: \"char[]\""))
        == [
          "frames.yaml:6:10: error: unknown type 'Uint8'; did you mean 'uint8'?",
          "frames.yaml:7:10: error: unknown type 'PINT'; did you mean 'POINT'?",
          "frames.yaml:8:10: error: unknown type 'char'; use one like uint8, float32, string, or declare an enum or struct",
        ])
  }

  @Test("have one suffix at most")
  func suffixes() {
    let fields = ["uint8[2][3]", "uint8[", "uint8[<4]", "uint8[-1]", "uint8[x]", "uint8]", "uint8[4]s", "uint8[<=]"]
    #expect(
      problems(
        in: frame(fields: "a: \"\(fields[0])\"", "b: \"\(fields[1])\"", "c: \"\(fields[2])\"", "d: \"\(fields[3])\""))
        == [
          "frames.yaml:4:10: error: 'uint8[2][3]' has two suffixes; put the inner array into a struct and use an array of"
            + " that",
          "frames.yaml:5:10: error: 'uint8[' is not a type; write T, T[4], T[<=64] or T[]",
          "frames.yaml:6:10: error: 'uint8[<4]' is not a type; write T, T[4], T[<=64] or T[]",
          "frames.yaml:7:10: error: 'uint8[-1]' is not a type; write T, T[4], T[<=64] or T[]",
        ])
    #expect(
      problems(
        in: frame(fields: "a: \"\(fields[4])\"", "b: \"\(fields[5])\"", "c: \"\(fields[6])\"", "d: \"\(fields[7])\""))
        == [
          "frames.yaml:4:10: error: 'uint8[x]' is not a type; write T, T[4], T[<=64] or T[]",
          "frames.yaml:5:10: error: unknown type 'uint8]'; did you mean 'uint8'?",
          "frames.yaml:6:10: error: 'uint8[4]s' is not a type; write T, T[4], T[<=64] or T[]",
          "frames.yaml:7:10: error: 'uint8[<=]' is not a type; write T, T[4], T[<=64] or T[]",
        ])
  }

  @Test("have counts that make sense")
  func counts() {
    let zero = "a count of 0 leaves nothing to send; use 1 or more, or remove the field"
    #expect(
      problems(
        in: frame(
          fields: "a: \"uint8[0]\"", "b: \"string[<=0]\"", "c: \"bool[65537]\"", "d: \"bytes[<=4194305]\"",
          "e: \"bool[99999999999999999999]\"", "f: \"bool[65536]\"", "g: \"bool[<=4194304]\"")) == [
          "frames.yaml:4:10: error: \(zero)",
          "frames.yaml:5:10: error: \(zero)",
          "frames.yaml:6:10: error: a fixed array has at most 65536 elements; use bool[<=N] or bool[]",
          "frames.yaml:7:10: error: the bound is above 4194304, the bytes of the largest payload; lower it",
          "frames.yaml:8:10: error: a fixed array has at most 65536 elements; use bool[<=N] or bool[]",
        ])
  }

  @Test("have no arrays of bytes")
  func bytes() {
    let advice = "use uint8[4] for a fixed number of bytes, or a struct with a bytes field"
    #expect(
      problems(in: frame(fields: "a: \"bytes[4]\"", "b: \"bytes[]\"", "c: \"bytes[<=4]\"")) == [
        "frames.yaml:4:10: error: there is no array of bytes; \(advice)",
        "frames.yaml:5:10: error: there is no array of bytes; \(advice)",
      ])
  }

  @Test("never contain themselves")
  func recursion() {
    let schema = """
      structs:
        A: { fields: { b: B } }
        B: { fields: { x: bool, c: "C[]" } }
        C: { fields: { b: "B[<=2]", d: "D[2]" } }
        D: { fields: { d: D } }
      """
    let advice = "use an id or a field of another frame"
    #expect(
      problems(in: schema) == [
        "frames.yaml:4:21: error: a struct cannot contain itself: B -> C -> B; \(advice)",
        "frames.yaml:5:21: error: a struct cannot contain itself: D -> D; \(advice)",
      ])
  }
}
