import BusWire
import Foundation
import Frames
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("The example of a microcontroller", .ownThread)
struct ExampleDeviceTests {
  private static let folder = Fixture.packageDirectory.appending(path: "Examples/evomin").path
  private static let hasCompiler = (try? RunningProgram("bus-manager", shell: "command -v cc").exitCode()) == 0

  @Test("in C compiles without a warning and does what its map says", .enabled(if: hasCompiler, "cc is not installed"))
  func c() throws {
    let build = try TemporaryFolder()
    let program = build.path("thermometer")
    let sources = "evomin.c thermometer.c board_pc.c"
    try check(
      "cd '\(Self.folder)' && cc -std=c99 -Wall -Wextra -Wconversion -Werror -O1 -o '\(program)' \(sources)"
        + " && exec '\(program)'")
  }

  @Test("in Python does what its map says", .enabled(if: RunningProgram.hasPython, "python3 is not installed"))
  func python() throws {
    try check("cd '\(Self.folder)' && PYTHONDONTWRITEBYTECODE=1 exec python3 thermometer.py")
  }

  @Test("is shown by the documentation as it is")
  func documentation() throws {
    let page = try Fixture.text("docs/EVOMIN.md").components(separatedBy: "## The microcontroller's side").last
    let files = ["thermometer.c", "thermometer.py", "lamp/Sources/lamp/Lamp.swift"]
    let examples = try files.map { try Fixture.text("Examples/evomin/\($0)") }.joined(separator: "\n")
    let lines = Set(examples.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    var isShown = false
    for line in try #require(page).split(separator: "\n") {
      if line.hasPrefix("```") {
        isShown = ["```c", "```python", "```swift"].contains(line)
      } else if isShown {
        #expect(lines.contains(line.trimmingCharacters(in: .whitespaces)), "\(line)")
      }
    }
  }

  /// - Parameter shell: starts a board, which prints the path of its port.
  private func check(_ shell: String) throws {
    let manager = try Manager()
    let board = try RunningProgram("bus-manager", shell: shell)
    try Deadline.wait(for: "the board's port; \(board.errors.all)") { board.output.lines.first != nil }
    let port = try #require(board.output.lines.first)
    let map = Fixture.packageDirectory.appending(path: "Examples/evomin.yaml").path
    let bridge = try manager.module("evomin-bridge", ["--port", port, "--map", map])
    let person = try Person(manager.tcp, [.temperature, .buttonState, .evominStatus])
    try person.expect(EvominStatus.self, bridge.errors.all) { $0.open }
    try person.bus.request(.temperature)
    #expect(
      try person.expect(Temperature.self) == Temperature(id: 1, ambientTemperature: 21.5, objectTemperature: 21.5))
    try person.bus.request(.buttonState)
    #expect(try person.expect(ButtonState.self).pressed == false)
    try person.send(ActivityLedState(state: true))
    try Deadline.wait(for: "the LED; \(board.output.all)") { board.output.lines.contains("LED on") }
    try person.expect(EvominStatus.self) { $0.acknowledged >= 3 && $0.givenUp == 0 }
  }
}
