import BusWire
import Foundation
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("What the manager says when it cannot start", .serialized, .ownThread)
struct StartTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func expectFailure(
    _ arguments: [String], code: Int32 = 1, says text: String, shell: String? = nil,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let program = try RunningProgram("bus-manager", arguments, shell: shell)
    let exitCode = try program.exitCode()
    #expect(exitCode == code, sourceLocation: location)
    #expect(program.errors.all == "bus-manager: \(text)\n", sourceLocation: location)
  }

  @Test("the port is taken")
  func portTaken() throws {
    let manager = try Manager()
    try expectFailure(
      ["--listen", "\(manager.tcp)"],
      says: "cannot listen on \(manager.tcp): Address already in use: another program, perhaps another manager, "
        + "listens there; end it or choose another address with --listen")
    try Bystanders(manager.tcp).exchange()
  }

  @Test("another manager has the socket path, and keeps it")
  func pathTaken() throws {
    let manager = try Manager()
    try expectFailure(
      ["--listen", "\(manager.unix)"],
      says: "cannot listen on \(manager.unix): Address already in use: another manager listens there; "
        + "end it or choose another path with --listen")
    try Bystanders(manager.unix).exchange()
  }

  @Test("of several that begin at once where a killed one has left its socket, one listens and the others say so")
  func together() throws {
    let path = folder.path("bus.sock")
    for _ in 0..<3 {
      let killed = try RunningProgram("bus-manager", ["--listen", path])
      try killed.waitForLog("event=listening")
      try killed.killAndWait()
      let managers = try (0..<4).map { _ in try RunningProgram("bus-manager", ["--listen", path]) }
      try Deadline.wait(for: "three have ended") { managers.count { !$0.isRunning } == 3 }
      let winner = try #require(managers.first { $0.isRunning })
      try winner.waitForLog("event=listening")
      for loser in managers where loser !== winner {
        #expect(try loser.exitCode() == 1)
        #expect(loser.errors.all.contains("another manager listens there"))
      }
      try Bystanders(.unix(path: path)).exchange()
      winner.signal(SIGTERM)
      #expect(try winner.exitCode() == 0)
      #expect(!folder.exists("bus.sock") && !folder.exists("bus.sock.lock"))
    }
  }

  @Test("a manager that ends leaves alone the socket of another, which has its path since somebody removed its own")
  func removedByHand() throws {
    let path = folder.path("bus.sock")
    let first = try RunningProgram("bus-manager", ["--listen", path])
    try first.waitForLog("event=listening")
    for name in ["bus.sock", "bus.sock.lock"] { try FileManager.default.removeItem(atPath: folder.path(name)) }
    let second = try RunningProgram("bus-manager", ["--listen", path])
    try second.waitForLog("event=listening")
    first.signal(SIGTERM)
    #expect(try first.exitCode() == 0)
    #expect(folder.exists("bus.sock") && folder.exists("bus.sock.lock"))
    try Bystanders(.unix(path: path)).exchange()
  }

  @Test("the socket has the mode that was asked for, whatever the umask", arguments: [nil, "600", "666"])
  func mode(_ mode: String?) throws {
    let path = folder.path("bus.sock")
    let options = mode.map { ["--socket-mode", $0] } ?? []
    let manager = try RunningProgram(
      "bus-manager", ["--listen", path] + options, shell: "umask 027; exec \"$@\"")
    try manager.waitForLog("event=listening")
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == Int(mode ?? "660", radix: 8))
  }

  @Test(
    "a mode or a group that means nothing", arguments: [("--socket-mode", "999"), ("--socket-group", "no-such-group")])
  func access(_ option: String, _ value: String) throws {
    let program = try RunningProgram("bus-manager", ["--listen", folder.path("bus.sock"), option, value])
    #expect(try program.exitCode() == 2)
    #expect(program.errors.all.contains("'\(value)'"))
  }

  @Test("a second address fails: the socket file of the first does not stay behind")
  func secondAddress() throws {
    let manager = try Manager()
    let program = try RunningProgram(
      "bus-manager", ["--listen", folder.path("a.sock"), "--listen", "\(manager.tcp)"])
    #expect(try program.exitCode() == 1)
    #expect(!folder.exists("a.sock"))
  }

  @Test("the folder of the socket path is missing")
  func noFolder() throws {
    let path = folder.path("missing/bus.sock")
    try expectFailure(
      ["--listen", path],
      says: "cannot listen on \(path): No such file or directory: the folder does not exist; "
        + "make it or choose another path with --listen")
  }

  @Test("the socket path is a file, which is not touched")
  func fileInTheWay() throws {
    try folder.write("precious", to: "file")
    let path = folder.path("file")
    try expectFailure(
      ["--listen", path],
      says: "cannot listen on \(path): File exists: something that is no socket is there; "
        + "remove it or choose another path with --listen")
    #expect(try folder.text(of: "file") == "precious")
  }

  @Test("the socket path is a folder")
  func folderInTheWay() throws {
    try expectFailure(
      ["--listen", folder.path + "/"],
      says: "cannot listen on \(folder.path)/: File exists: something that is no socket is there; "
        + "remove it or choose another path with --listen")
  }

  @Test(
    "the user may not write to the folder",
    .enabled(if: geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")))
  func noPermission() throws {
    let path = folder.path("bus.sock")
    try expectFailure(
      ["--listen", path],
      says: "cannot listen on \(path): Permission denied: this user may not write to that folder; "
        + "choose another path with --listen",
      shell: "exec /usr/bin/setpriv --reuid 65534 --clear-groups \"$@\"")
  }

  @Test("an address that others can reach needs --allow-remote", arguments: ["0.0.0.0:0", "[::]:0"])
  func openToNetwork(_ address: String) throws {
    try expectFailure(
      ["--listen", address],
      says: "\(address) can be reached from the network, where everyone could read and send frames; "
        + "add --allow-remote if that is what you want, or listen on 127.0.0.1")
    let open = try RunningProgram("bus-manager", ["--listen", address, "--allow-remote"])
    try open.waitForLog("event=open_to_network", "everyone who reaches this address can read and send every frame")
    try open.waitForLog("event=listening")
  }

  @Test(
    "an option makes no sense",
    arguments: [
      (["--lisen", "x"], "unknown option '--lisen'"),
      (["--listen"], "option '--listen' needs a value"),
      (
        ["--listen", "5000"],
        "--listen: '5000' is no bus address; write HOST:PORT such as 127.0.0.1:5000, "
          + "or the path of a Unix socket"
      ),
      (
        ["--listen", "127.0.0.1:70000"],
        "--listen: '127.0.0.1:70000' is no bus address; write HOST:PORT such as "
          + "127.0.0.1:5000, or the path of a Unix socket"
      ),
      (["--max-payload", "1"], "option '--max-payload' takes a number from 1024 to 1073741824, not '1'"),
      (["--max-connections", "many"], "option '--max-connections' takes a number from 1 to 1000000, not 'many'"),
      (["--name", "a b"], "--name: 'a b' is no name; use 1 to 64 letters, digits and ._-"),
      (["--log-level", "loud"], "--log-level: 'loud' is none of debug, info, warning, error"),
      (["now"], "unexpected argument 'now'"),
    ])
  func usage(_ arguments: [String], _ text: String) throws {
    try expectFailure(arguments, code: 2, says: text + "; try --help")
  }

  @Test("--help and --version go to standard output")
  func help() throws {
    for (option, text) in [("--help", "Usage: bus-manager [OPTION]..."), ("--version", "bus-manager 0.1.0")] {
      let program = try RunningProgram("bus-manager", [option])
      #expect(try program.exitCode() == 0)
      #expect(program.output.waitForEnd() && program.output.all.contains(text) && program.errors.all.isEmpty)
    }
  }
}
