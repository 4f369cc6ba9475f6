import Foundation
import TestSupport
import Testing

@testable import ProgramSupport

/// `conformance.py` shares no code with what it looks at: it knows the page alone.
@Suite("docs/PROTOCOL.md", .ownThread, .enabled(if: RunningProgram.hasPython, "python3 is not installed"))
struct ConformanceTests {
  private static let packageFolder = Fixture.packageDirectory.path
  private static let script = "exec python3 '\(packageFolder)/Tests/Conformance/conformance.py'"
  private static let environment = [
    "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "\(packageFolder)/Examples/python",
  ]

  private func expectSuccess(_ program: RunningProgram, _ location: SourceLocation = #_sourceLocation) throws {
    let code = try program.exitCode()
    _ = program.output.waitForEnd()
    let promises = program.output.lines.filter { $0.hasPrefix("ok ") }.count
    let isWhole = program.output.lines.contains("1..\(promises)")
    #expect(code == 0 && isWhole, "\(program.output.all)\(program.errors.all)", sourceLocation: location)
  }

  @Test("the manager keeps it, over TCP and over its Unix socket")
  func manager() throws {
    let manager = try Manager()
    try expectSuccess(
      RunningProgram(
        "bus-manager", ["\(manager.tcp)", "\(manager.unix)"], environment: Self.environment,
        shell: "shift; \(Self.script) manager \"$@\""))
    #expect(manager.program.isRunning)
  }

  @Test(
    "clients keep it: modules, the tool, and Python",
    arguments: [
      "'$1/button-module'", "'$1/controller-module'", "'$1/led-module'", "'$1/framebus' listen",
      "python3 '\(packageFolder)/Examples/my-sensor-python/my_sensor.py'",
    ])
  func client(command: String) throws {
    let folder = RunningProgram.folder.path
    let command = command.replacingOccurrences(of: "$1", with: folder)
    try expectSuccess(
      RunningProgram("bus-manager", environment: Self.environment, shell: "\(Self.script) client \(command)"))
  }
}
