import BusSystem
import BusWire
import Foundation
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("The manager as a service", .serialized, .ownThread)
struct ServiceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A manager that reads a file, on a socket in this folder.
  private func manager(_ file: String, _ arguments: [String] = [], environment: [String: String?] = [:]) throws
    -> RunningProgram
  {
    try folder.write(file, to: "manager.yaml")
    return try RunningProgram(
      "bus-manager", ["--config", folder.path("manager.yaml")] + arguments, environment: environment)
  }

  private func running(_ file: String) throws -> RunningProgram {
    let manager = try manager("listen: \(folder.path("bus.sock"))\n" + file)
    try manager.waitForLog("event=listening")
    return manager
  }

  private func rewrite(_ file: String) throws {
    try folder.write("listen: \(folder.path("bus.sock"))\n" + file, to: "manager.yaml")
  }

  // MARK: Sockets

  @Test("sockets that systemd passes are listened at, instead of the usual ones; the path stays when the manager ends")
  func passed() throws {
    let (unix, path) = (socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0), folder.path("passed.sock"))
    let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(unix)
      close(tcp)
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    try bindAndListen(unix, &address)
    var internet = sockaddr_in()
    internet.sin_family = sa_family_t(AF_INET)
    internet.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    try bindAndListen(tcp, &internet)
    for _ in 0..<2 {
      let manager = try RunningProgram(
        "bus-manager", shell: "export LISTEN_PID=$$ LISTEN_FDS=2; exec \"$@\"", descriptors: [unix, tcp])
      try manager.waitForLog("event=listening", "address=\(path)")
      try manager.waitForLog("event=listening", "address=127.0.0.1:")
      #expect(manager.logCount("event=listening") == 2)
      try Bystanders(.unix(path: path)).exchange()
      manager.signal(SIGTERM)
      #expect(try manager.exitCode() == 0)
      #expect(folder.exists("passed.sock"))
    }
  }

  @Test("descriptors that are meant for another process, or for none, are left alone")
  func notPassed() throws {
    for shell in ["export LISTEN_PID=1 LISTEN_FDS=1; exec \"$@\"", "export LISTEN_PID=$$ LISTEN_FDS=0; exec \"$@\""] {
      let manager = try RunningProgram("bus-manager", ["--listen", folder.path("own.sock")], shell: shell)
      try manager.waitForLog("event=listening", "address=\(folder.path("own.sock"))")
      #expect(manager.logCount("event=listening") == 1)
    }
  }

  @Test("a passed descriptor that nobody can connect to is an error with what to do")
  func unusable() throws {
    let manager = try RunningProgram(
      "bus-manager", shell: "export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$@\"", descriptors: [1])
    #expect(try manager.exitCode() == 1)
    #expect(
      manager.errors.all == "bus-manager: listen on the passed descriptor 3: Invalid argument; "
        + "only ListenStream= with a port or a path can be passed\n")
  }

  private func bindAndListen<Address>(_ socket: Int32, _ address: inout Address) throws {
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    try #require(code == 0 && listen(socket, 16) == 0)
  }

  // MARK: Configuration

  @Test("everything that is wrong in the file is said with line and column, and nothing is started")
  func mistakes() throws {
    let manager = try manager(
      """
      log-level: loud
      max_queue: many
      lisen: 127.0.0.1:0
      listen:
      log_level: info
      """)
    #expect(try manager.exitCode() == 2)
    let path = folder.path("manager.yaml")
    #expect(
      manager.errors.lines.map { $0.replacingOccurrences(of: path, with: "F") } == [
        "F:1:12: error: --log-level: 'loud' is none of debug, info, warning, error",
        "F:2:12: error: option '--max-queue' takes a number from 4096 to 1073741824, not 'many'",
        "F:3:1: error: unknown key 'lisen' in the configuration; did you mean 'listen'? known keys: listen, socket-mode, "
          + "socket-group, allow-remote, name, max-payload, max-queue, max-memory, max-connections, max-retained, "
          + "max-types, hello-timeout, shutdown-timeout, socket-buffer, log-level",
        "F:4:8: error: 'listen' is empty; fill it in or remove the key",
        "bus-manager: the configuration has 4 errors",
      ])
  }

  @Test("a file that is not there is an error with what to do")
  func noFile() throws {
    let manager = try RunningProgram("bus-manager", ["--config", folder.path("none.yaml")])
    #expect(try manager.exitCode() == 1)
    #expect(manager.errors.all.contains("none.yaml: No such file or directory; make the file or leave out --config"))
  }

  @Test("the command line counts before the environment, and both before the file; --print-config says which")
  func origins() throws {
    let manager = try manager(
      "name: lab\nmax_queue: 65536\nmax-payload: 2048\nlisten: [127.0.0.1:0, '[::1]:0']\n",
      ["--max-payload", "4096", "--print-config"],
      environment: ["BUS_MANAGER_MAX_QUEUE": "8192", "BUS_MANAGER_MAX_PAYLOAD": "8192"])
    #expect(try manager.exitCode() == 0)
    #expect(manager.output.waitForEnd())
    let path = folder.path("manager.yaml")
    let lines = manager.output.lines.map { line in
      line.replacingOccurrences(of: path, with: "F").split(separator: " ", omittingEmptySubsequences: true)
        .joined(separator: " ")
    }
    #expect(lines.contains("listen: [127.0.0.1:0, \"[::1]:0\"] # F:4:9"))
    #expect(lines.contains("name: lab # F:1:7"))
    #expect(lines.contains("max-queue: 8192 # $BUS_MANAGER_MAX_QUEUE"))
    #expect(lines.contains("max-payload: 4096 # command line"))
    #expect(lines.contains("log-level: info # default"))
    try manager.output.all.write(toFile: folder.path("again.yaml"), atomically: false, encoding: .utf8)
    let again = try RunningProgram("bus-manager", ["--config", folder.path("again.yaml"), "--check-config"])
    #expect(try again.exitCode() == 0, "what is printed can be read: \(again.errors.all)")
    #expect(again.output.waitForEnd() && again.output.all == "the configuration is good\n")
  }

  // MARK: Hang-ups

  @Test("SIGHUP has the file read again: what can change changes, and the rest is named")
  func reload() throws {
    let manager = try running("log-level: info\n")
    try rewrite("log-level: warning\nmax-queue: 65536\n")
    manager.signal(SIGHUP)
    try manager.waitForLog("event=reloaded", "changed=log-level")
    try manager.waitForLog("event=restart_needed", "options=max-queue")
    try rewrite("log-level: info\n")
    manager.signal(SIGHUP)
    try manager.waitForLog("event=reloaded", "changed=log-level", times: 2)
    try Bystanders(.unix(path: folder.path("bus.sock"))).exchange()
    try manager.waitForLog("event=joined")
    #expect(manager.logCount("event=restart_needed") == 1)
  }

  @Test("a file with a mistake changes nothing at a reload, and the mistake is in the log with its place")
  func badReload() throws {
    let manager = try running("log-level: info\n")
    try rewrite("log-level: warning\nmax-queue: many\n")
    manager.signal(SIGHUP)
    try manager.waitForLog("event=not_reloaded", "manager.yaml:3:12: error:", "nothing was changed")
    try Bystanders(.unix(path: folder.path("bus.sock"))).exchange()
    try manager.waitForLog("event=joined")
    manager.signal(SIGTERM)
    #expect(try manager.exitCode() == 0)
  }

  @Test("a module ends in order when its terminal goes")
  func moduleHangup() throws {
    let manager = try Manager()
    let led = try manager.module("led-module")
    try manager.program.waitForLog("event=joined", "module=led")
    led.signal(SIGHUP)
    #expect(try led.exitCode() == 0)
    try manager.program.waitForLog("event=left", "module=led")
  }

  @Test("what nohup has started goes on")
  func nohup() throws {
    let manager = try RunningProgram(
      "bus-manager", ["--listen", folder.path("bus.sock")], shell: "trap '' HUP; exec \"$@\"")
    try manager.waitForLog("event=listening")
    manager.signal(SIGHUP)
    try Bystanders(.unix(path: folder.path("bus.sock"))).exchange()
    #expect(manager.isRunning && manager.logCount("event=reloaded") == 0)
  }

  // MARK: Modules

  @Test("a module is started as its file says, and the file can be checked")
  func module() throws {
    let manager = try Manager()
    try folder.write(
      "program: \(RunningProgram.folder.path)/led-module\ninstance: 2\noptions:\n  log_level: debug\n", to: "led.yaml")
    let path = folder.path("led.yaml")
    let check = try RunningProgram(
      "framebus", ["module", path, "--check"], environment: ["FRAMEBUS": "\(manager.unix)"])
    #expect(try check.exitCode() == 0)
    #expect(check.output.waitForEnd())
    #expect(check.output.lines.contains { $0.hasPrefix("instance: 2 ") && $0.hasSuffix("# \(path):2:11") })
    #expect(check.output.lines.contains { $0.hasPrefix("bus: \(manager.unix) ") && $0.hasSuffix("# $FRAMEBUS") })
    let led = try RunningProgram("framebus", ["module", path], environment: ["FRAMEBUS": "\(manager.unix)"])
    try manager.program.waitForLog("event=joined", "module=led", "pid=\(led.pid)")
  }

  @Test("what is wrong in the file of a module is said with line and column")
  func moduleMistakes() throws {
    func errors(_ file: String) throws -> [String] {
      try folder.write(file, to: "led.yaml")
      let led = try RunningProgram("framebus", ["module", folder.path("led.yaml")])
      #expect(try led.exitCode() == 2)
      return led.errors.lines.map { $0.replacingOccurrences(of: folder.path("led.yaml"), with: "F") }
    }
    #expect(
      try errors("instance: 1\n") == [
        "F:1:1: error: there is no 'program'; name the module's program, such as program: candy-dispenser",
        "framebus: F has 1 error",
      ])
    let program = "program: \(RunningProgram.folder.path)/led-module\n"
    #expect(
      try errors(program + "options: { prot: x, sim: maybe }\n") == [
        "F:2:12: error: unknown key 'prot' in 'options'; known keys: bus, sim, state, log-level",
        "F:2:26: error: 'sim' must be true or false, not 'maybe'",
        "led-module: the file of settings has 2 errors",
      ])
  }

  @Test("a program that is not made with the SDK is given arguments")
  func foreign() throws {
    try folder.write("program: echo\narguments: [a b, --c]\n", to: "echo.yaml")
    let echo = try RunningProgram("framebus", ["module", folder.path("echo.yaml")])
    #expect(try echo.exitCode() == 0)
    #expect(echo.output.waitForEnd() && echo.output.all == "a b --c\n")
  }
}
