import FrameGenCore
import TestSupport
import Testing
import YAMLText

@Suite("Diagnostics")
struct DiagnosticTests {
  @Test("of a whole file come in one run, in the order of the file")
  func allInOneRun() {
    let schema = """
      enums:
        LIGHT: { type: uint8, values: { RED: 0, GREEN: 0 } }
      structs:
        POINT: { fields: { x: Int16, y: POINT } }
      frames:
        BUTTON_STATE:
          id: 1
          feilds: { pressed: bool }
        BUS:
          id: 1
          retain: maybe
          fields:
            Speed: { type: int8, min: 5, max: 3 }
            speed: { type: int8, unit: per cent, scale: 0, default: 200 }
            light: LIGTH
        BUTTON_STATE: { id: 2 }
      """
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:50: error: GREEN is 0, already the value of RED in line 2; give it another number",
        "frames.yaml:4:25: error: unknown type 'Int16'; did you mean 'int16'?",
        "frames.yaml:4:35: error: a struct cannot contain itself: POINT -> POINT; use an id or a field of another frame",
        "frames.yaml:8:5: error: unknown key 'feilds' in frame BUTTON_STATE; did you mean 'fields'? known keys: id, doc,"
          + " priority, retain, job, fields",
        "frames.yaml:9:3: error: 'BUS' becomes the Swift type Bus, which the SDK uses; choose another name",
        "frames.yaml:10:9: error: duplicate id 1, already the id of BUTTON_STATE in line 6; take one that no frame has or"
          + " had",
        "frames.yaml:11:13: error: 'retain' must be true, false or a number from 1 to 1024, not 'maybe'",
        "frames.yaml:13:7: error: 'Speed' cannot name a field; use small letters, digits and _, such as"
          + " ambient_temperature",
        "frames.yaml:13:41: error: 'max' 3 is below 'min' 5; swap them",
        "frames.yaml:14:34: error: a unit is one word such as degC or m/s, without spaces and ; { }; remove the key for"
          + " none",
        "frames.yaml:14:51: error: 'scale' must be above 0: the physical value is the stored one times the scale",
        "frames.yaml:14:63: error: the default is no value of int8; use a whole number from -128 to 127",
        "frames.yaml:15:7: error: field 'light' needs a default, because 'speed' before it has one: a payload may only"
          + " end before trailing fields that all have defaults",
        "frames.yaml:15:14: error: unknown type 'LIGTH'; did you mean 'LIGHT'?",
        "frames.yaml:16:3: error: duplicate key 'BUTTON_STATE', already in line 6; rename or remove one of them",
      ])
  }

  @Test("have the form that editors jump to")
  func text() {
    let diagnostic = Diagnostic(Position(file: "../frames.yaml", line: 12, column: 3), "this is wrong; do that")
    #expect(diagnostic.text == "../frames.yaml:12:3: error: this is wrong; do that")
  }

  @Test("come for every cut and thousands of scrambled versions of a schema, and never a trap")
  func scrambled() throws {
    let schema = try Fixture.bytes("Tests/GoldenFrames/frames.yaml")
    for end in stride(from: 0, to: schema.count, by: 7) { _ = problems(in: Array(schema[..<end])) }
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let spice = Array("{}[]:,-\"'#&*!|>%@ \n\t09xé<=_AZ~".utf8)
    for _ in 0..<2000 {
      var scrambled = schema
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        scrambled[Int.random(in: 0..<scrambled.count, using: &random)] = spice.randomElement(using: &random)!
      }
      let answers = problems(in: scrambled)
      #expect(answers.allSatisfy { $0.hasPrefix("frames.yaml:") }, "seed \(seed)")
    }
  }
}
