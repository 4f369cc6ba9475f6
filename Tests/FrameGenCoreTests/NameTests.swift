import Foundation
import TestSupport
import Testing

@testable import FrameGenCore

@Suite("Names")
struct NameTests {
  @Test("of types and enum values are upper case, of fields lower case")
  func identifiers() {
    let schema = """
      enums:
        Light: { values: { Red: 0, 1ST: 1 } }
      structs:
        S-T: { fields: { aB: bool } }
      frames:
        button_state: { id: 1, fields: { _x: bool, 2x: bool, "a b": bool, é: bool } }
      """
    let upper = "use capital letters, digits and _, such as BUTTON_STATE"
    let lower = "use small letters, digits and _, such as ambient_temperature"
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:3: error: 'Light' cannot name an enum; \(upper)",
        "frames.yaml:2:22: error: 'Red' cannot name an enum value; \(upper)",
        "frames.yaml:2:30: error: '1ST' cannot name an enum value; \(upper)",
        "frames.yaml:4:3: error: 'S-T' cannot name a struct; \(upper)",
        "frames.yaml:4:20: error: 'aB' cannot name a field; \(lower)",
        "frames.yaml:6:3: error: 'button_state' cannot name a frame; \(upper)",
        "frames.yaml:6:36: error: '_x' cannot name a field; \(lower)",
        "frames.yaml:6:46: error: '2x' cannot name a field; \(lower)",
        "frames.yaml:6:56: error: 'a b' cannot name a field; \(lower)",
        "frames.yaml:6:69: error: 'é' cannot name a field; \(lower)",
      ])
  }

  @Test("leave the list of all frames of the module alone")
  func frameList() {
    let schema = "frames:\n  ALL_IN_KITCHEN: { id: 4096 }\n"
    #expect(
      problems(in: schema, module: "Kitchen") == [
        "frames.yaml:2:3: error: 'ALL_IN_KITCHEN' would hide FrameType.allInKitchen; choose another name"
      ])
    #expect(problems(in: schema, module: "Garden") == [])
  }

  @Test("are at most 64 characters long")
  func length() {
    let name = String(repeating: "A", count: 65)
    #expect(
      problems(in: "frames:\n  \(name): { id: 1, fields: { \(name.lowercased()): bool } }\n") == [
        "frames.yaml:2:3: error: a name of 65 characters; the limit is 64, shorten it",
        "frames.yaml:2:89: error: a name of 65 characters; the limit is 64, shorten it",
      ])
  }

  @Test("stay different from each other in Swift")
  func collisions() {
    let schema = """
      enums:
        LIGHT_1: { values: { ON_1: 0, ON1: 1 } }
      structs:
        LIGHT1: { fields: { a_b: bool, a__b: bool } }
      frames:
        A_B: { id: 1, fields: { x_1: bool, x1: bool } }
        A__B: { id: 2 }
        LIGHT_1: { id: 3 }
      """
    #expect(
      problems(in: schema) == [
        "frames.yaml:2:33: error: 'ON1' becomes the Swift name on1, as does 'ON_1' in line 2; rename one of them",
        "frames.yaml:4:3: error: 'LIGHT1' becomes the Swift type Light1, as does 'LIGHT_1' in line 2; rename one of them",
        "frames.yaml:4:34: error: 'a__b' becomes the Swift name aB, as does 'a_b' in line 4; rename one of them",
        "frames.yaml:6:38: error: 'x1' becomes the Swift name x1, as does 'x_1' in line 6; rename one of them",
        "frames.yaml:7:3: error: 'A__B' becomes the Swift type AB, as does 'A_B' in line 6; rename one of them",
        "frames.yaml:8:3: error: 'LIGHT_1' is declared already, in line 2; rename or remove one of them",
      ])
  }

  @Test("leave the types of the SDK, of Swift and of the bus alone")
  func reserved() {
    let schema = """
      enums:
        STRING: { values: { X: 0 } }
        GOODBYE_CODE: { values: { X: 0 } }
      structs:
        FRAME_TYPE: { fields: { x: bool } }
      frames:
        BUS: { id: 1 }
        HELLO: { id: 2 }
        SELF: { id: 3 }
        ALL: { id: 4 }
        KITCHEN_FRAMES: { id: 5 }
      """
    #expect(
      problems(in: schema, module: "KitchenFrames") == [
        "frames.yaml:2:3: error: 'STRING' becomes the Swift type String, which Swift itself uses; choose another name",
        "frames.yaml:3:3: error: 'GOODBYE_CODE' is declared by the bus itself; choose another name",
        "frames.yaml:5:3: error: 'FRAME_TYPE' becomes the Swift type FrameType, which the SDK uses; choose another name",
        "frames.yaml:7:3: error: 'BUS' becomes the Swift type Bus, which the SDK uses; choose another name",
        "frames.yaml:8:3: error: 'HELLO' is declared by the bus itself; choose another name",
        "frames.yaml:9:3: error: 'SELF' becomes the Swift type Self, which Swift itself uses; choose another name",
        "frames.yaml:10:3: error: 'ALL' means all frames; choose another name",
        "frames.yaml:11:3: error: 'KITCHEN_FRAMES' becomes the Swift type KitchenFrames, which is the module's name;"
          + " choose another name",
      ])
  }

  @Test(
    "that are words of Swift are never refused",
    arguments: ["type", "self", "init", "default", "in", "protocol", "encoded_size", "frame_type", "true", "await"])
  func keywords(word: String) {
    #expect(problems(in: frame(fields: "\"\(word)\": bool")) == [])
    #expect(problems(in: "enums:\n  A: { values: { \(word.uppercased()): 0 } }\n") == [])
  }

  @Test("of the bus are refused to every other module, one and all")
  func busNames() throws {
    let schema = try Fixture.text("Sources/BusWire/frames.yaml")
    let declared = problems(in: schema, module: "Kitchen").filter { $0.contains("is declared by the bus itself") }
    let topLevel = schema.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
    #expect(declared.count == topLevel.count)
    #expect(problems(in: schema, module: "BusWire") == [])
  }

  @Test("of the SDK's public types are reserved, all of them and no others")
  func sdkNames() throws {
    var types: Set<String> = []
    for room in ReservedNames.sdkModules {
      let folder = Fixture.packageDirectory.appending(path: "Sources/\(room)")
      for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where file.hasSuffix(".swift") {
        for line in try Fixture.text("Sources/\(room)/\(file)").split(separator: "\n") {
          let type = line.firstMatch(of: /^public (?:final )?(?:struct|class|enum|protocol) (\w+)/)
          if let type { types.insert(String(type.1)) }
        }
      }
    }
    #expect(types.count > 30)
    #expect(types.subtracting(ReservedNames.sdkTypes) == [], "add these to ReservedNames.sdkTypes")
    #expect(ReservedNames.sdkTypes.subtracting(types) == [], "remove these from ReservedNames.sdkTypes")
  }
}
