import BusSystem
import BusWire
import Foundation
import Testing

@testable import ProgramSupport

@Suite("Many connections", .serialized, .ownThread)
struct CrowdTests {
  @Test("a thousand modules join, and one frame reaches all of them")
  func thousand() throws {
    let manager = try Manager()
    let bystanders = try Bystanders(manager.tcp)
    let clients = try (0..<1000).map { try RawClient($0 % 2 == 0 ? manager.tcp : manager.unix) }
    for (index, client) in clients.enumerated() {
      try client.send(RawClient.hello("module-\(index)"))
      try client.send(Listen(entries: [.type(5)]))
      try client.send(Ping(token: 1))
    }
    for client in clients {
      client.welcomed(try client.expect(Welcome.self))
      _ = try client.expect(Pong.self)
    }
    #expect(Set(clients.map(\.id)).count == 1000)
    try bystanders.exchange()
    try clients[0].send(WireFrame(5, number: 42))
    for client in clients.dropFirst() { #expect(try client.next().number == 42) }
    for client in clients { client.close() }
    try manager.program.waitForLog("event=lost", times: 1000)
    try bystanders.exchange()
    #expect(manager.program.logCount("event=joined") == 1002)
  }

  /// Connects until one is refused.
  private func connectUntilRefused(_ address: BusAddress) throws -> (joined: [RawClient], goodbye: String) {
    var joined: [RawClient] = []
    while true {
      let client = try RawClient(address)
      try? client.send(RawClient.hello("module-\(joined.count)"))
      let answer = try client.next()
      if answer.header.type == Goodbye.frameType.id {
        let goodbye = try Goodbye(payload: answer.payload)
        #expect(goodbye.code == .full)
        #expect(throws: (any Error).self) { try client.next() }
        return (joined, goodbye.text)
      }
      joined.append(client)
    }
  }

  @Test("one over the limit is told so; there is room again when others leave")
  func overTheLimit() throws {
    let manager = try Manager(["--max-connections", "20"])
    let bystanders = try Bystanders(manager.tcp)
    var (clients, text) = try connectUntilRefused(manager.unix)
    #expect(clients.count == 18)
    #expect(text == "20 connections are open, which is the limit; end some or raise it")
    try bystanders.exchange()
    for client in clients.prefix(5) { client.close() }
    clients.removeFirst(5)
    try manager.program.waitForLog("event=lost", times: 5)
    let again = try connectUntilRefused(manager.tcp)
    #expect(again.joined.count == 5)
    try bystanders.exchange()
    for client in clients { try client.expectNothing() }
  }

  @Test("the limit of open files is the limit of connections, and never kills the manager", arguments: [64, 128])
  func openFiles(_ limit: Int) throws {
    let manager = try Manager(shell: "ulimit -n \(limit); exec \"$@\"")
    let bystanders = try Bystanders(manager.tcp)
    let (clients, text) = try connectUntilRefused(manager.unix)
    #expect(clients.count == limit - 56 - 2)
    #expect(text.contains("connections are open, which is the limit"))
    let silent = try (0..<100).map { _ in try RawClient(manager.tcp) }
    try bystanders.exchange()
    for client in silent {
      let goodbye = try Goodbye(payload: client.next().payload)
      #expect(goodbye.code == .full)
      client.close()
    }
    try bystanders.exchange()
    clients[0].close()
    try manager.program.waitForLog("event=lost", "module=module-0")
    #expect(try connectUntilRefused(manager.tcp).joined.count == 1)
  }

  @Test("too few open files for a single connection are a reason not to start")
  func tooFewFiles() throws {
    let program = try RunningProgram(
      "bus-manager", ["--listen", "127.0.0.1:0"], shell: "ulimit -n 40; exec \"$@\"")
    #expect(try program.exitCode() == 1)
    #expect(
      program.errors.all
        == "bus-manager: this process may open 40 files, which leaves none for connections; "
        + "raise the limit with ulimit -n or LimitNOFILE=\n")
  }

  @Test("a storm of connections that come and go harms nobody")
  func storm() throws {
    let manager = try Manager()
    let bystanders = try Bystanders(manager.tcp)
    let before = try manager.program.openFileCount()
    let hello = try WireFrame(RawClient.hello("storm")).bytes
    for round in 0..<2000 {
      let client = try RawClient(round % 2 == 0 ? manager.tcp : manager.unix)
      if round % 3 > 0 { try? client.send(hello) }
      client.close()
      if round % 500 == 0 { try bystanders.exchange() }
    }
    try bystanders.exchange()
    try Deadline.wait(for: "all sockets are closed again") { try manager.program.openFileCount() <= before }
    try RawClient(manager.tcp, "storm").expectNothing()
  }
}
