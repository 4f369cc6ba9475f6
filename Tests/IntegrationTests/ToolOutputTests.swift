import BusSystem
import BusTesting
import BusWire
import Testing

@testable import ProgramSupport

@Suite("What framebus prints", .ownThread, .timeLimit(.minutes(1)))
struct ToolOutputTests {
  /// Runs the tool beside the example modules, with their traffic.
  ///
  /// - Parameter shell: as for `RunningProgram`.
  private func run(_ arguments: String, shell: String) throws -> (code: Int32, errors: String) {
    let manager = try Manager()
    let modules = try ["led-module", "controller-module", "button-module"].map { try manager.module($0) }
    try manager.program.waitForLog("event=joined", "module=button")
    let tool = try RunningProgram(
      "framebus", arguments.split(separator: " ").map(String.init), environment: ["FRAMEBUS": "\(manager.tcp)"],
      shell: shell)
    let code = try tool.exitCode()
    withExtendedLifetime(modules) {}
    return (code, tool.errors.all)
  }

  @Test(
    "is an error with exit code 1 if the disk is full",
    arguments: [
      "--help", "list --help", "list --version", "list --no-rates", "list --json --no-rates", "schema --all",
      "schema --all --json", "hz --count 1", "doctor --window 0.05", "request BUTTON_STATE", "listen --count 1",
      "listen --json --count 1", "pipe BUTTON_STATE --stay",
    ])
  func fullDisk(arguments: String) throws {
    let (code, errors) = try run(arguments, shell: #"exec "$@" >/dev/full"#)
    #expect(code == 1 && errors == "framebus: cannot write: No space left on device\n")
  }

  @Test("is an error if standard output is closed, and none if its reader has enough")
  func closed() throws {
    let (code, errors) = try run("list --no-rates", shell: #"exec "$@" >&-"#)
    #expect(code == 1 && errors == "framebus: cannot write: Bad file descriptor\n")
    let enough = try run("schema --all", shell: #"{ sleep 0.2; "$@"; echo "code $?" >&2; } | true"#)
    #expect(enough.errors == "code 0\n")
  }
}
