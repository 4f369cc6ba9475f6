import Testing

@testable import FrameGenCore

@Suite("Canonical field lists")
struct FieldListTests {
  /// The field list of the first frame of a schema.
  private func fieldList(_ schema: String) throws -> String {
    try model(of: schema).frames[0].fieldList
  }

  @Test("have a line per field with name, type, unit and scale")
  func lines() throws {
    let schema = frame(
      fields: "id: uint32", "t: { type: int16, unit: degC, scale: 0.01 }", "s: { type: float64, scale: 2.50 }",
      "n: { type: uint8, scale: 1e-9 }", "k: { type: uint8, scale: 1000 }", "u: { type: uint8, unit: ppm }")
    #expect(
      try fieldList(schema) == """
        id uint32 - 1
        t int16 degC 0.01
        s float64 - 2.5
        n uint8 - 1e-09
        k uint8 - 1000
        u uint8 ppm 1
        """)
  }

  @Test("are empty for a frame without fields")
  func noFields() throws {
    #expect(try fieldList("frames:\n  A: { id: 1 }\n") == "")
  }

  @Test("name arrays and bounds as the schema does")
  func shapes() throws {
    let schema = frame(
      fields: "a: \"uint8[4]\"", "b: \"uint16[<=55]\"", "c: \"bool[]\"", "d: \"string[<=200]\"", "e: \"bytes[<=251]\"",
      "f: \"string[]\"", "g: \"string[4]\"", "h: bytes")
    #expect(
      try fieldList(schema) == """
        a uint8[4] - 1
        b uint16[<=55] - 1
        c bool[] - 1
        d string[<=200] - 1
        e bytes[<=251] - 1
        f string[] - 1
        g string[4] - 1
        h bytes - 1
        """)
  }

  @Test("write structs inline and enums as numbers, with what is known of them after tabs")
  func structs() throws {
    let schema = """
      enums:
        END_EFFECTOR: { values: { CLAW: 0, NONE: 1 } }
      structs:
        PUMP_SHARE:
          fields:
            pump: { type: uint8, max: 7, doc: Which one. }
            ratio: { type: float32, min: 0, max: 1, unit: "1", scale: 0.5 }
        DRINK: { fields: { shares: "PUMP_SHARE[<=8]", tool: END_EFFECTOR } }
      frames:
        SERVE:
          id: 1
          fields:
            share: { type: PUMP_SHARE, doc: The first. }
            drinks: "DRINK[2]"
            tool: { type: END_EFFECTOR, doc: At the arm. }

      """
    #expect(
      try fieldList(schema) == """
        share {pump uint8 - 1; ratio float32 1 0.5} - 1\tstruct=PUMP_SHARE\tdoc=The first.\tpump:max=7\tpump:doc=Which one.\tratio:min=0\
        \tratio:max=2
        drinks {shares {pump uint8 - 1; ratio float32 1 0.5}[<=8] - 1; tool uint8 - 1}[2] - 1\tstruct=DRINK\tshares:struct=PUMP_SHARE\tshares.pump:max=7\
        \tshares.pump:doc=Which one.\tshares.ratio:min=0\tshares.ratio:max=2\ttool:enum=END_EFFECTOR CLAW=0 NONE=1
        tool uint8 - 1\tenum=END_EFFECTOR CLAW=0 NONE=1\tdoc=At the arm.
        """)
  }

  @Test("give defaults before the first tab")
  func defaults() throws {
    let schema =
      "enums:\n  LEVEL: { type: int8, values: { LOW: -3 } }\n"
      + frame(
        fields: "a: { type: bool, default: false, doc: Off. }", "b: { type: int8, min: -5, max: 5, default: -5 }",
        "c: { type: float32, default: 0.1 }", "d: { type: float64, default: 3 }", "e: { type: LEVEL, default: LOW }",
        #"f: { type: string, default: "a\"b\\c\td\ne\x01/é" }"#, "g: { type: \"uint8[]\", default: [] }")
    #expect(
      try fieldList(schema)
        == #"""
        a bool - 1 = false$doc=Off.
        b int8 - 1 = -5$min=-5$max=5
        c float32 - 1 = 0.1
        d float64 - 1 = 3
        e int8 - 1 = -3$enum=LEVEL LOW=-3
        f string - 1 = "a\"b\\c\td\ne\u0001/é"
        g uint8[] - 1 = []
        """#.replacing("$", with: "\t"))
  }

  @Test("hold documentation on one line")
  func documentation() throws {
    let schema = """
      frames:
        A:
          id: 1
          fields:
            x:
              type: bool
              doc: |
                First line.
                \tSecond line.

      """
    #expect(try fieldList(schema) == "x bool - 1\tdoc=First line.  Second line.")
  }
}
