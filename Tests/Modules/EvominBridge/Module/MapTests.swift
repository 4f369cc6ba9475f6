import BusWire
import EvominBridgeProtocol
import Frames
import TestSupport
import Testing
import YAMLText

@testable import evomin_bridge

@Suite("The map of commands and frames")
struct MapTests {
  private func problems(_ text: String, payloadBytesMax: Int = 49) -> [String] {
    do throws(SettingsError) {
      _ = try EvominMap(reading: Array(text.utf8), payloadBytesMax: payloadBytesMax)
      return []
    } catch {
      return error.text.split(separator: "\n").map(String.init)
    }
  }

  @Test("says of each command what frame it is, of which instance, and which way it goes")
  func reads() throws {
    let text = """
      commands:
        0x10: { frame: ACTIVITY_LED_STATE, direction: to_device }
        17:   { frame: BUTTON_STATE, direction: both, request: true, instance: 3 }
        0x12: { frame: 0x1B, direction: from_device, request: false }
        0x13: { frame: 5000, direction: from_device }
      """
    let map = try EvominMap(reading: Array(text.utf8), instance: 2)
    #expect(
      map.routes == [
        EvominRoute(0x10, .activityLedState, instance: 2, direction: .toDevice),
        EvominRoute(0x11, .buttonState, instance: 3, direction: .both, takesRequests: true),
        EvominRoute(0x12, .temperature, instance: 2, direction: .fromDevice),
        EvominRoute(0x13, FrameType(id: 5000), instance: 2, direction: .fromDevice),
      ])
    #expect(map.routes[2].frame.name.utf8CodeUnitCount > 0, "an id of a known frame stands for its schema, too")
    #expect(map.route(to: 2, instance: 2)?.command == 0x10 && map.route(to: 2, instance: 0) == nil)
    #expect(map.route(from: 0x10) == nil && map.route(from: 0x11)?.frame == .buttonState)
    #expect(map.route(to: 1, instance: 3)?.command == 0x11 && map.route(request: 1, instance: 3)?.command == 0x11)
    #expect(map.route(request: 27, instance: 2) == nil && map.route(from: 0x99) == nil)
  }

  @Test("the example is what a simulated device gets without a map")
  func example() throws {
    let map = try EvominMap(reading: Array(try Fixture.text("Examples/evomin.yaml").utf8), instance: 7)
    #expect(map == EvominMap.simulated(instance: 7))
    #expect(EvominMap().routes.isEmpty)
  }

  @Test(
    "each mistake is told with its place and what to do",
    arguments: [
      ("", "1:1: error: the file is empty; say what the commands are under 'commands:'"),
      ("# nothing\n", "1:1: error: the file is empty; say what the commands are under 'commands:'"),
      (
        "- 1\n",
        "1:1: error: the map must be a mapping with lines of 'name: value', but it is a list"
      ),
      ("{}\n", "1:1: error: 'commands:' is missing; say there what each command is"),
      (
        "comands: {}\n",
        "1:1: error: unknown key 'comands' in the map; did you mean 'commands'? known keys: commands"
      ),
      ("commands:\n", "1:10: error: 'commands' is empty; without --map nothing is mapped"),
      (
        "commands: 7\n",
        "1:11: error: 'commands' must be a mapping with lines of 'name: value', but it is a single value"
      ),
      (
        "commands:\n  0x10: BUTTON_STATE\n",
        "2:9: error: command 0x10 must be a mapping with lines of 'name: value', but it is a single value"
      ),
      (
        "commands:\n  0x100: { frame: BUTTON_STATE, direction: both }\n",
        "2:3: error: a command is a number from 0 to 255 such as 0x10, not '0x100'"
      ),
      (
        "commands:\n  light: { frame: BUTTON_STATE, direction: both }\n",
        "2:3: error: a command is a number from 0 to 255 such as 0x10, not 'light'"
      ),
      (
        "commands:\n  16: { frame: BUTTON_STATE, direction: both }\n  0x10: { frame: GAS, direction: both }\n",
        "3:3: error: command 0x10 is in line 2 already; remove one of them"
      ),
      (
        "commands:\n  16: { frame: GAS, direction: both }\n  16: { frame: GAS, direction: both }\n",
        "3:3: error: duplicate key '16', already in line 2; rename or remove one of them"
      ),
      (
        "commands:\n  1: { direction: both }\n",
        "2:3: error: command 1 has no 'frame'; give its name or id"
      ),
      (
        "commands:\n  1: { frame: BUTON_STATE, direction: both }\n",
        "2:15: error: this bridge knows no frame 'BUTON_STATE'; did you mean 'BUTTON_STATE'? "
          + "a frame of another package is given by its id"
      ),
      (
        "commands:\n  1: { frame: 65280, direction: both }\n",
        "2:15: error: a frame's id is a number from 1 to 65279, not 65280"
      ),
      (
        "commands:\n  1: { frame: EVOMIN_STATUS, direction: both }\n",
        "2:15: error: EVOMIN_STATUS is the bridge's own; map the command to another frame"
      ),
      (
        "commands:\n  1: { frame: 80, direction: both }\n",
        "2:15: error: EVOMIN_TO_DEVICE is the bridge's own; map the command to another frame"
      ),
      (
        "commands:\n  1: { frame: GAS }\n",
        "2:3: error: command 1 has no 'direction'; give one of to_device, from_device, both"
      ),
      (
        "commands:\n  1: { frame: GAS, direction: to_devise }\n",
        "2:31: error: unknown direction 'to_devise'; did you mean 'to_device'? known: to_device, from_device, both"
      ),
      (
        "commands:\n  1: { frame: GAS, direction: both, instance: 256 }\n",
        "2:47: error: an instance is a number from 0 to 255, not 256"
      ),
      (
        "commands:\n  1: { frame: GAS, direction: both, instance: one }\n",
        "2:47: error: 'instance' must be a whole number such as 42 or 0x2A, not 'one'"
      ),
      (
        "commands:\n  1: { frame: GAS, direction: both, request: 1 }\n",
        "2:46: error: 'request' must be true or false, not '1'"
      ),
      (
        "commands:\n  1: { frame: GAS, direction: to_device, request: true }\n",
        "2:51: error: a request is answered by the device; make the direction from_device or both, or remove 'request'"
      ),
      (
        "commands:\n  1: { frame: GAS, direction: both, reqest: true }\n",
        "2:37: error: unknown key 'reqest' in command 1; did you mean 'request'? "
          + "known keys: frame, direction, instance, request"
      ),
      (
        "commands:\n  1: { frame: GAS, direction: both }\n  2: { frame: GAS, direction: to_device }\n",
        "3:3: error: GAS of instance 0 goes to the device as command 1 (line 2) already; "
          + "give one of them another instance"
      ),
      (
        "commands:\n  1: { frame: GAS, direction: from_device, request: true }\n"
          + "  2: { frame: GAS, direction: from_device, request: true }\n",
        "3:3: error: requests for GAS of instance 0 become command 1 (line 2) already; remove one 'request'"
      ),
      (
        "commands:\n  1: { frame: CANDY_STATUS, direction: from_device }\n",
        "2:3: error: CANDY_STATUS has at least 51 bytes, and a command carries 50 at most"
      ),
      ("commands: {\n", "2:1: error: not valid YAML while parsing a flow node: did not find expected node content"),
    ])
  func problem(text: String, expected: String) {
    #expect(problems(text) == ["evomin.yaml:" + expected])
  }

  @Test("all mistakes are told in one run, in the order of their places")
  func severalProblems() {
    let text = """
      commands:
        0x10: { frame: NOWHERE, direction: sideways }
        300: { frame: GAS, direction: both }
        0x11: { frame: GAS, direction: both, colour: red }
      """
    #expect(
      problems(text).map { $0.prefix(18) } == [
        "evomin.yaml:2:18: ", "evomin.yaml:2:38: ", "evomin.yaml:3:3: e", "evomin.yaml:4:40: ",
      ])
  }

  @Test("a file that is not text, and one without end, are refused")
  func notText() {
    #expect(throws: SettingsError.self) { try EvominMap(reading: [0x63, 0xFF]) }
    let endless = Array(repeating: UInt8(ascii: "#"), count: EvominMap.fileBytesMax + 1)
    #expect(throws: SettingsError.self) { try EvominMap(reading: endless) }
  }
}
