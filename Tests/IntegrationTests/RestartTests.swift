import BusSystem
import BusWire
import Frames
import Glibc
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("A manager that dies and comes back", .serialized, .ownThread)
struct RestartTests {
  @Test("its modules come back by themselves and traffic flows again", arguments: [true, false])
  func comesBack(overTCP: Bool) throws {
    let folder = try TemporaryFolder()
    var manager = try Manager(folder: folder)
    let address = overTCP ? manager.tcp : manager.unix
    let led = try RunningProgram("led-module", ["--bus", "\(address)"])
    let controller = try RunningProgram("controller-module", ["--bus", "\(address)"])
    let button = try RunningProgram("button-module", ["--bus", "\(address)"])
    let modules = [led, controller, button]
    #expect(led.output.wait { $0.contains("The LED is ON") && $0.contains("The LED is OFF") })
    for round in 1...2 {
      try manager.program.killAndWait()
      #expect(folder.exists("bus.sock"), "the socket file of a manager that was killed stays")
      for module in modules { try module.waitForLog("event=disconnected", times: round) }
      let before = led.output.lines.count
      manager = try Manager(tcp: manager.tcp, folder: folder)
      for module in modules { try module.waitForLog("event=reconnected", times: round) }
      #expect(led.output.wait { $0.count > before + 5 })
    }
    #expect(modules.allSatisfy { $0.isRunning })
  }

  @Test("a module that starts before its manager says so once, and joins when it comes")
  func startsFirst() throws {
    let folder = try TemporaryFolder()
    let address = BusAddress.unix(path: folder.path("bus.sock"))
    let led = try RunningProgram("led-module", ["--bus", "\(address)"])
    try led.waitForLog(
      "event=no_manager", "no manager is there (\(address): No such file or directory); start one with bus-manager")
    let manager = try Manager(folder: folder)
    try manager.program.waitForLog("event=joined", "module=led")
    #expect(led.errors.lines.count { $0.contains("level=warning") } <= 2, "\(led.errors.all)")
  }

  @Test("a module does not come back under another program's name, and says why not")
  func nameTakenMeanwhile() throws {
    let folder = try TemporaryFolder()
    let first = try Manager(folder: folder)
    let led = try RunningProgram("led-module", ["--bus", "\(first.unix)"])
    try first.program.waitForLog("event=joined", "module=led")
    led.signal(SIGSTOP)
    try first.program.killAndWait()
    let second = try Manager(folder: folder)
    let thief = try RawClient(second.unix, "led", pid: 4711)
    led.signal(SIGCONT)
    // As the kernel knows it, whatever it says itself.
    try led.waitForLog("event=disconnected", "the name led is taken by process \(getpid())")
    thief.close()
    try second.program.waitForLog("event=joined", "module=led", "pid=\(led.pid)")
  }

  @Test("it announces its end; modules wait for the next one")
  func terminated() throws {
    let folder = try TemporaryFolder()
    let first = try Manager(folder: folder)
    let led = try RunningProgram("led-module", ["--bus", "\(first.unix)", "--log-level", "debug"])
    try led.waitForLog("event=connected")
    first.program.signal(SIGTERM)
    #expect(try first.program.exitCode() == 0)
    try led.waitForLog("event=disconnected", "the manager is shutting down")
    let second = try Manager(folder: folder)
    try second.program.waitForLog("event=joined", "module=led", "pid=\(led.pid)")
    try led.waitForLog("event=reconnected")
  }
}
