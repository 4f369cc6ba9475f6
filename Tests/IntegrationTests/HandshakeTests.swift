import BusTesting
import BusWire
import Testing

@testable import ProgramSupport

@Suite("A connection that does not begin as it must", .ownThread)
struct HandshakeTests {
  let manager: Manager
  let bystanders: Bystanders

  init() throws {
    manager = try Manager()
    bystanders = try Bystanders(manager.tcp)
  }

  private static let notHello = "the first message must be HELLO; this is the port of a Framebus manager"

  @Test(
    "is told what port this is",
    arguments: [
      Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), [UInt8](repeating: 0xFF, count: 5000),
      WireFrame(77, number: 1).bytes,
    ])
  func isTold(_ bytes: [UInt8]) throws {
    for address in [manager.tcp, manager.unix] {
      let client = try RawClient(address)
      try client.send(bytes)
      try bystanders.exchange()
      #expect(try client.expectGoodbye(.malformed) == Self.notHello)
      try bystanders.exchange()
    }
    try manager.program.waitForLog("event=refused", "code=MALFORMED", "\"\(Self.notHello)\"")
  }

  @Test("with a HELLO of another version is told both versions")
  func version() throws {
    let client = try RawClient(manager.tcp)
    try client.send(RawClient.hello("future", version: 2))
    #expect(
      try client.expectGoodbye(.version)
        == "this manager speaks version 1 of the wire protocol, the client version 2; update the older of the two")
    try bystanders.exchange()
  }

  @Test("with a HELLO of a version that looks different after its number is told both versions, too")
  func laterVersion() throws {
    let client = try RawClient(manager.tcp)
    try client.send(WireFrame(Hello.frameType.id, [9, 0, 1, 2, 3]))
    #expect(try client.expectGoodbye(.version).contains("the client version 9"))
  }

  @Test(
    "with a HELLO that has a bad name is told which characters are allowed",
    arguments: ["", "two words", "näme", "a/b"])
  func name(_ name: String) throws {
    let client = try RawClient(manager.tcp)
    try client.send(RawClient.hello(name))
    #expect(
      try client.expectGoodbye(.malformed) == "'\(name)' is no module name; use 1 to 64 letters, digits and ._-")
    try bystanders.exchange()
  }

  @Test("with a HELLO cut off at any byte is told which field is missing, or that HELLO is too short")
  func truncated() throws {
    let payload = try RawClient.hello("short").payload()
    for count in 0..<payload.count {
      let client = try RawClient(manager.unix)
      try client.send(WireFrame(Hello.frameType.id, Array(payload[..<count])))
      #expect(try client.expectGoodbye(.malformed).hasPrefix("HELLO"))
    }
    try bystanders.exchange()
  }

  @Test("and closes at once leaves nothing behind")
  func closes() throws {
    for count in [0, 1, 23, 24, 30] {
      let client = try RawClient(manager.tcp)
      try client.send(Array(try WireFrame(RawClient.hello("gone")).bytes[..<count]))
      client.close()
    }
    try bystanders.exchange()
    let client = try RawClient(manager.tcp, "gone")
    try client.expectNothing()
  }

  @Test("and says nothing is cut after the time for HELLO", .timeLimit(.minutes(1)))
  func silence() throws {
    var settings = ManagerSettings()
    settings.limits.helloNanoseconds = 100_000_000
    let quick = try TestManager(settings)
    let bystanders = try Bystanders(quick.address)
    let silent = try RawClient(quick.address)
    let slow = try RawClient(quick.address)
    try slow.send(Array(try WireFrame(RawClient.hello("slow")).bytes.dropLast()))
    for client in [silent, slow] {
      #expect(try client.expectGoodbye(.helloTimeout).hasPrefix("no HELLO within "))
    }
    try bystanders.exchange()
  }
}
