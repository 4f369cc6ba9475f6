import BusWire
import Testing

@testable import BusManagerCore

@Suite("Handshake")
struct HandshakeTests {
  let harness = BrokerHarness()

  private func hello(version: UInt16 = 1, name: String = "led", instance: UInt8 = 0) -> Hello {
    Hello(version: version, instance: instance, observer: false, pid: 12, name: name, client: "c", clientVersion: "1")
  }

  @Test("HELLO is answered with WELCOME and a module id")
  func welcome() throws {
    let client = harness.connect()!
    try client.send(hello())
    let welcome = try #require(try client.read().first?.decode(Welcome.self))
    #expect(welcome.version == 1)
    #expect(welcome.module == client.source)
    #expect(welcome.bus == "test")
    #expect(welcome.payloadBytesMax == 4 << 20)
  }

  @Test("HELLO may arrive one byte at a time, with more behind it")
  func bytewise() throws {
    let client = harness.connect()!
    let bytes = BrokerClient.frame(type: Hello.frameType.id, payload: try hello().payload())
    for byte in bytes + BrokerClient.frame(type: Ping.frameType.id, payload: [1, 0, 0, 0, 0, 0, 0, 0]) {
      client.send(bytes: [byte])
    }
    let frames = client.read()
    #expect(frames.map(\.header.type) == [Welcome.frameType.id, Pong.frameType.id])
  }

  @Test("anything but HELLO first is told that this is a manager, and cut")
  func garbage() throws {
    let client = harness.connect()!
    client.send(bytes: Array("GET / HTTP/1.1\r\nHost: localhost:5000\r\n\r\n".utf8))
    let goodbye = try #require(try client.readGoodbye())
    #expect(goodbye.code == .malformed)
    #expect(goodbye.text == "the first message must be HELLO; this is the port of a Framebus manager")
    #expect(client.isFinished)
  }

  @Test("a HELLO that announces too much is told so")
  func tooLarge() throws {
    let client = try #require(harness.connect())
    client.send(bytes: BrokerClient.frame(type: Hello.frameType.id, payload: [UInt8](repeating: 1, count: 5000)))
    let goodbye = try client.readGoodbye()
    #expect(goodbye?.code == .tooLarge)
    #expect(goodbye?.text == "HELLO announces 5000 bytes of payload, the limit is 4096")
  }

  @Test("another version is told both versions")
  func version() throws {
    let client = harness.connect()!
    try client.send(hello(version: 2))
    let goodbye = try #require(try client.readGoodbye())
    #expect(goodbye.code == .version)
    #expect(
      goodbye.text
        == "this manager speaks version 1 of the wire protocol, the client version 2; update the older of the two")
  }

  @Test("a version from the future may have another HELLO behind its version number")
  func futureVersion() throws {
    let client = harness.connect()!
    client.send(type: Hello.frameType.id, payload: [9, 0, 255, 255, 255])
    #expect(try client.readGoodbye()?.code == .version)
  }

  @Test("a HELLO that is cut short or has a bad name is malformed", arguments: ["", "a b", "ä", "x/y"])
  func badName(_ name: String) throws {
    let client = harness.connect()!
    try client.send(hello(name: name))
    #expect(try client.readGoodbye()?.code == .malformed)
    let short = harness.connect()!
    short.send(type: Hello.frameType.id, payload: Array(try hello().payload().dropLast()))
    #expect(try short.readGoodbye()?.text.hasPrefix("HELLO: field 'client_version'") == true)
  }

  @Test("a name that is taken is refused with the holder's pid; another instance is welcome")
  func nameTaken() throws {
    let holder = try harness.module("led")
    let second = harness.connect()!
    try second.send(hello())
    let goodbye = try #require(try second.readGoodbye())
    #expect(goodbye.code == .nameTaken)
    #expect(goodbye.text.hasPrefix("the name led is taken by process 7;"))
    let other = harness.connect()!
    try other.send(hello(instance: 1))
    #expect(try other.read().first?.decode(Welcome.self) != nil)
    holder.close()
    let third = harness.connect()!
    try third.send(hello())
    #expect(try third.read().first?.decode(Welcome.self) != nil)
  }

  @Test("silence is told so after 5 s, and cut a second later")
  func silence() throws {
    let client = harness.connect()!
    harness.advance(milliseconds: 4_900)
    #expect(try client.readGoodbye() == nil)
    harness.advance(milliseconds: 200)
    #expect(try client.readGoodbye()?.code == .helloTimeout)
    harness.advance(milliseconds: 1_100)
    #expect(harness.cut.contains(client.id))
    #expect(harness.broker.sessionCount == 0)
  }

  @Test("one connection over the limit is told so, and there is room again when one leaves")
  func full() throws {
    var limits = ManagerLimits()
    limits.sessionsMax = 2
    let harness = BrokerHarness(limits: limits)
    let first = try harness.module("a")
    _ = try harness.module("b")
    let third = try #require(harness.connect())
    #expect(try third.readGoodbye()?.code == .full)
    third.close()
    first.close()
    let fourth = try #require(harness.connect())
    try fourth.send(hello())
    #expect(try fourth.read().first?.decode(Welcome.self) != nil)
  }
}
