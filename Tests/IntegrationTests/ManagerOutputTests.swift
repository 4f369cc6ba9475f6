import BusSystem
import BusWire
import DeviceIO
import Foundation
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("A manager or module whose standard streams are of no use", .serialized, .ownThread)
struct ManagerOutputTests {
  private func manager(shell: String, in folder: TemporaryFolder) throws -> (RunningProgram, BusAddress) {
    let address = BusAddress.unix(path: folder.path("bus.sock"))
    let program = try RunningProgram("bus-manager", ["--listen", "\(address)"], shell: shell)
    try Deadline.wait(for: "the manager listens") {
      guard let client = try? RawClient(address) else { return false }
      try client.send(RawClient.hello("probe"))
      _ = try client.expect(Welcome.self)
      return true
    }
    return (program, address)
  }

  @Test(
    "the manager works without",
    arguments: ["2>/dev/full", "2>&-", "<&- >&- 2>&-", "2>&1 | sh -c 'exec <&-; sleep 20'"])
  func manager(redirection: String) throws {
    let folder = try TemporaryFolder()
    let shell = redirection.contains("|") ? "\"$@\" \(redirection)" : "exec \"$@\" \(redirection)"
    let (program, address) = try manager(shell: shell, in: folder)
    let bystanders = try Bystanders(address)
    let clients = try (0..<20).map { try RawClient(address, "client-\($0)", listen: [.type(0)]) }
    try clients[0].send(WireFrame(5, number: 1))
    for client in clients.dropFirst() {
      var frame = try client.next()
      while frame.header.type == 60_000 { frame = try client.next() }
      #expect(frame.number == 1)
    }
    for _ in 0..<5 { try bystanders.exchange() }
    #expect(program.isRunning)
  }

  @Test("a reader of the log that stops does not stop the bus", arguments: ["a pipe", "a terminal"])
  func stuckLog(at end: String) throws {
    let folder = try TemporaryFolder()
    let terminal = try PseudoTerminal()
    let shell = end == "a pipe" ? "\"$@\" 2>&1 | sleep 60" : "exec \"$@\" 2>\(terminal.path)"
    let (program, address) = try manager(shell: shell, in: folder)
    let bystanders = try Bystanders(address)
    for round in 0..<1200 {
      let client = try RawClient(address, "client-with-a-long-name-\(round)")
      try client.send(Goodbye(code: .leaving, text: "bye"))
      client.close()
    }
    try bystanders.exchange()
    #expect(program.isRunning)
  }

  @Test("a module without standard streams writes nothing into the bus")
  func module() throws {
    let manager = try Manager()
    let led = try manager.module("led-module", shell: "exec \"$@\" <&- >&- 2>&-")
    let sender = try RawClient(manager.tcp, "sender")
    try sender.waitForListener(of: 2)
    for number: UInt8 in 0..<200 { try sender.send(WireFrame(2, [number % 2])) }
    try sender.send(WireFrame(2, [9]))
    try Bystanders(manager.tcp).exchange()
    led.signal(SIGTERM)
    try manager.program.waitForLog("event=left", "module=led", "reason=stopped")
    #expect(manager.program.logCount("event=refused") == 0)
  }
}
