import Foundation
import TestSupport
import Testing

@Suite("The Python client", .ownThread)
struct PythonClientTests {
  static let hasPython = (try? RunningProgram("bus-manager", shell: "command -v python3").exitCode()) == 0

  @Test("passes its own scenarios against the real manager", .enabled(if: hasPython, "python3 is not installed"))
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
