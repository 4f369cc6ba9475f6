import BusWire
import Frames
import Glibc
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("Where a module looks for its manager", .ownThread)
struct AddressTests {
  let manager: Manager

  init() throws { manager = try Manager() }

  @Test("at $FRAMEBUS", arguments: [true, false])
  func variable(overTCP: Bool) throws {
    let address = overTCP ? manager.tcp : manager.unix
    let led = try RunningProgram("led-module", environment: ["FRAMEBUS": "\(address)", "XDG_RUNTIME_DIR": "/nowhere"])
    try manager.program.waitForLog("event=joined", "module=led", "pid=\(led.pid)")
  }

  @Test("in $XDG_RUNTIME_DIR, where a manager without --listen has its socket")
  func runtimeDirectory() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("framebus.sock")
    let other = try RunningProgram("bus-manager", ["--listen", path])
    try other.waitForLog("event=listening", "address=\(path)")
    let led = try RunningProgram("led-module", environment: ["XDG_RUNTIME_DIR": folder.path])
    try other.waitForLog("event=joined", "module=led", "pid=\(led.pid)")
  }

  @Test("only at --bus if that is given, even if nobody is there and others are")
  func explicit() throws {
    let path = "/tmp/no-manager-\(getpid()).sock"
    let led = try RunningProgram("led-module", ["--bus", path], environment: ["FRAMEBUS": "\(manager.tcp)"])
    try led.waitForLog("event=no_manager", "no manager is there (\(path): No such file or directory)")
    led.signal(SIGTERM)
    #expect(try led.exitCode() == 0)
    #expect(manager.program.logCount("event=joined") == 0)
  }

  @Test(
    "an address that means nothing ends it with the words for it",
    arguments: [
      (["--bus", "5000"], "--bus: '5000' is no bus address", Int32(2)), ([], "$FRAMEBUS: 'x' is no bus address", 1),
    ])
  func meaningless(_ arguments: [String], _ text: String, _ code: Int32) throws {
    let led = try RunningProgram("led-module", arguments, environment: ["FRAMEBUS": "x"])
    #expect(try led.exitCode() == code)
    #expect(led.errors.all.hasPrefix("led-module: " + text), "\(led.errors.all)")
  }
}
