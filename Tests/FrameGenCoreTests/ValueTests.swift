import Testing

@testable import FrameGenCore

@Suite("Units, scales and ranges")
struct ValueTests {
  @Test("are for numbers")
  func numbersOnly() {
    let schema =
      "enums:\n  E: { values: { X: 0 } }\n"
      + frame(
        fields: "a: { type: bool, unit: m }", "b: { type: string, scale: 2 }", "c: { type: E, min: 0 }",
        "d: { type: \"bytes[<=4]\", max: 0 }", "e: { type: \"uint8[]\", unit: m, scale: 2, min: 2, max: 4 }")
    #expect(
      problems(in: schema) == [
        "frames.yaml:6:30: error: 'unit' is for numbers and arrays of them, but 'a' is bool; remove it",
        "frames.yaml:7:33: error: 'scale' is for numbers and arrays of them, but 'b' is string; remove it",
        "frames.yaml:8:26: error: 'min' is for numbers and arrays of them, but 'c' is E; remove it",
        "frames.yaml:9:37: error: 'max' is for numbers and arrays of them, but 'd' is bytes; remove it",
      ])
  }

  @Test("have units of one word")
  func units() {
    let advice = "a unit is one word such as degC or m/s, without spaces and ; { }; remove the key for none"
    #expect(
      problems(
        in: frame(
          fields: "a: { type: int8, unit: per cent }", "b: { type: int8, unit: \"m\\ts\" }",
          "c: { type: int8, unit: a;b }",
          "d: { type: int8, unit: \"-\" }", "e: { type: int8, unit: \"%\" }", "f: { type: int8, unit: µm/s² }")) == [
          "frames.yaml:4:30: error: \(advice)",
          "frames.yaml:5:30: error: \(advice)",
          "frames.yaml:6:30: error: \(advice)",
          "frames.yaml:7:30: error: \(advice)",
        ])
  }

  @Test("are written in the unit of a field with a scale, as whole steps")
  func scaledRanges() throws {
    let schema = frame(
      fields: "a: { type: int16, scale: 0.01, min: -40, max: 85.25, default: 21.5 }",
      "b: { type: uint8, scale: 0.5, max: 127.5, default: 0 }",
      "c: { type: uint64, scale: 1e-9, max: 18446744073, default: 0 }",
      "d: { type: float32, scale: 1000, min: -1, default: -0.0 }")
    #expect(
      try model(of: schema).frames[0].fieldList == """
        a int16 - 0.01 = 2150\tmin=-4000\tmax=8525
        b uint8 - 0.5 = 0\tmax=255
        c uint64 - 1e-09 = 0\tmax=18446744073000000000
        d float32 - 1000 = -0.0\tmin=-0.001
        """)
    let steps = "in steps of 0.5; use a multiple of 0.5 from -64 to 63.5"
    #expect(
      problems(
        in: frame(
          fields: "a: { type: int8, scale: 0.5, min: -64.5, max: 0.25 }",
          "b: { type: int8, scale: 0.5, min: 2, max: 1.5, default: 5 }",
          "c: { type: int8, scale: 0.5, default: 0.3 }")) == [
          "frames.yaml:4:41: error: 'min' -64.5 is no value of int8 \(steps)",
          "frames.yaml:4:53: error: 'max' 0.25 is no value of int8 \(steps)",
          "frames.yaml:5:49: error: 'max' 1.5 is below 'min' 2; swap them",
          "frames.yaml:5:63: error: the default 5 is above 'max' 1.5; lower it",
          "frames.yaml:6:45: error: the default is no value of int8 \(steps)",
        ])
  }

  @Test("of a field with a scale leave the name of its stored number to it")
  func rawNames() {
    #expect(
      problems(in: frame(fields: "a_b: { type: int8, scale: 2 }", "raw_a_b: bool", "raw_c: bool", "c: { type: int8 }"))
        == [
          "frames.yaml:5:7: error: 'raw_a_b' becomes the Swift name rawAB, which is the stored number of 'a_b'; rename"
            + " one of them"
        ])
  }

  @Test("have scales above 0")
  func scales() {
    let advice = "'scale' must be above 0: the physical value is the stored one times the scale"
    #expect(
      problems(
        in: frame(
          fields: "a: { type: int8, scale: 0 }", "b: { type: int8, scale: -0.5 }", "c: { type: int8, scale: 1e-3 }"))
        == [
          "frames.yaml:4:31: error: \(advice)",
          "frames.yaml:5:31: error: \(advice)",
        ])
  }

  @Test("have bounds of the field's type")
  func bounds() {
    #expect(
      problems(
        in: frame(
          fields: "a: { type: uint8, min: -1, max: 256 }", "b: { type: int64, max: 9223372036854775808 }",
          "c: { type: int8, min: 0.5 }", "d: { type: float32, min: -1e39, max: 1e38 }",
          "e: { type: uint64, max: 18446744073709551615 }")) == [
          "frames.yaml:4:30: error: 'min' -1 is no value of uint8; use a whole number from 0 to 255",
          "frames.yaml:4:39: error: 'max' 256 is no value of uint8; use a whole number from 0 to 255",
          "frames.yaml:5:30: error: 'max' 9223372036854775808 is no value of int64; use a whole number from"
            + " -9223372036854775808 to 9223372036854775807",
          "frames.yaml:6:29: error: 'min' 0.5 is no value of int8; use a whole number from -128 to 127",
          "frames.yaml:7:32: error: 'min' -1e+39 is no value of float32; use a number within its range",
        ])
  }

  @Test("have a min that is not above the max")
  func order() {
    #expect(
      problems(
        in: frame(
          fields: "a: { type: int8, min: 5, max: 4 }", "b: { type: float32, min: 0.2, max: 0.1 }",
          "c: { type: uint64, min: 9007199254740993, max: 9007199254740992 }", "d: { type: int8, min: 5, max: 5 }"))
        == [
          "frames.yaml:4:37: error: 'max' 4 is below 'min' 5; swap them",
          "frames.yaml:5:42: error: 'max' 0.1 is below 'min' 0.2; swap them",
          "frames.yaml:6:54: error: 'max' 9007199254740992 is below 'min' 9007199254740993; swap them",
        ])
  }
}
