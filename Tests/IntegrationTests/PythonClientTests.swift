import Foundation
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("The Python client", .ownThread)
struct PythonClientTests {
  @Test(
    "passes its own scenarios against the real manager",
    .enabled(if: RunningProgram.hasPython, "python3 is not installed"))
  func scenarios() throws {
    let folder = Fixture.packageDirectory.appending(path: "Examples/python").path
    let program = try RunningProgram(
      "bus-manager", environment: ["PYTHONDONTWRITEBYTECODE": "1"],
      shell: "cd '\(folder)' && exec python3 test_framebus.py \"$1\"")
    let code = try program.exitCode()
    #expect(code == 0, "\(program.errors.lines.joined(separator: "\n"))")
    #expect(program.errors.lines.contains("OK"))
  }
}
