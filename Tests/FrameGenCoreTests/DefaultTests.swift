import Testing

@Suite("Defaults")
struct DefaultTests {
  @Test("are values of the field's type")
  func values() {
    let schema =
      "enums:\n  LIGHT: { values: { RED: 0, GREEN: 1 } }\n"
      + frame(
        fields: "a: { type: bool, default: 1 }", "b: { type: uint8, default: 256 }",
        "c: { type: int8, default: \"5\" }",
        "d: { type: \"string[<=2]\", default: abc }", "e: { type: LIGHT, default: GREN }",
        "f: { type: LIGHT, default: BLUE }", "g: { type: \"uint8[]\", default: 5 }", "h: { type: string, default: [] }",
        "i: { type: LIGHT, default: [] }", "j: { type: int8, default: }", "k: { type: bool, default: {} }")
    #expect(
      problems(in: schema) == [
        "frames.yaml:6:33: error: the default of a bool must be true or false",
        "frames.yaml:7:34: error: the default is no value of uint8; use a whole number from 0 to 255",
        "frames.yaml:8:33: error: the default is no value of int8; use a whole number from -128 to 127",
        "frames.yaml:9:42: error: the default has 3 bytes, its type allows 2; shorten it",
        "frames.yaml:10:34: error: enum LIGHT has no value 'GREN'; did you mean 'GREEN'? one of RED, GREEN",
        "frames.yaml:11:34: error: enum LIGHT has no value 'BLUE'; one of RED, GREEN",
        "frames.yaml:12:38: error: the default of an array can only be []",
        "frames.yaml:13:35: error: the default of a string must be a text",
        "frames.yaml:14:34: error: the default of an enum must be the name of a value",
        "frames.yaml:15:7: error: field 'j' needs a default, because 'a' before it has one: a payload may only end before"
          + " trailing fields that all have defaults",
        "frames.yaml:15:33: error: 'default' is empty; fill it in or remove the key",
        "frames.yaml:16:7: error: field 'k' needs a default, because 'a' before it has one: a payload may only end before"
          + " trailing fields that all have defaults",
        "frames.yaml:16:33: error: 'default' must be a single value or the empty array [], but it is a mapping",
      ])
  }

  @Test("lie within the field's range")
  func ranges() {
    #expect(
      problems(
        in: frame(
          fields: "a: { type: int8, min: 1, default: 0 }", "b: { type: float32, max: 0.1, default: 0.2 }",
          "c: { type: uint8, min: 1, max: 3, default: 3 }")) == [
          "frames.yaml:4:41: error: the default 0 is below 'min' 1; raise it",
          "frames.yaml:5:46: error: the default 0.2 is above 'max' 0.1; lower it",
        ])
  }

  @Test("are not for structs, their fields and fixed arrays")
  func structs() {
    let schema =
      "structs:\n  S: { fields: { x: { type: bool, default: true } } }\n"
      + frame(fields: "a: { type: S, default: x }", "b: { type: \"uint8[2]\", default: [] }")
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:44: error: a field of a struct has no default, because struct S is always sent whole; remove it",
        "frames.yaml:6:30: error: a struct or a fixed array has no default; remove it",
        "frames.yaml:7:39: error: a struct or a fixed array has no default; remove it",
      ])
  }

  @Test("are needed by every field after one that has a default")
  func trailing() {
    #expect(
      problems(in: frame(fields: "a: bool", "b: { type: bool, default: true }", "c: bool")) == [
        "frames.yaml:6:7: error: field 'c' needs a default, because 'b' before it has one: a payload may only end before"
          + " trailing fields that all have defaults"
      ])
  }
}
