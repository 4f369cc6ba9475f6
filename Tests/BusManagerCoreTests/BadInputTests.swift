import BusWire
import TestSupport
import Testing

@testable import BusManagerCore

@Suite("Bad input")
struct BadInputTests {
  let harness = BrokerHarness()

  private func goodbye(after bytes: [UInt8]) throws -> Goodbye? {
    let client = try harness.module("bad")
    let bystander = try harness.module("good")
    try bystander.listen(5)
    client.send(bytes: bytes)
    let goodbye = try client.readGoodbye()
    #expect(client.isFinished)
    let sender = try harness.module("sender")
    sender.send(type: 5, payload: [1])
    #expect(bystander.read().map(\.payload) == [[1]])
    return goodbye
  }

  @Test("a header that announces more than the limit is cut before its payload comes")
  func tooLarge() throws {
    var bytes = BrokerClient.frame(type: 5)
    bytes.replaceSubrange(0..<4, with: [255, 255, 255, 255])
    let goodbye = try goodbye(after: bytes)
    #expect(goodbye?.code == .tooLarge)
    #expect(goodbye?.text == "a frame of type 5 announces 4294967295 bytes of payload, the limit is 4194304")
  }

  @Test("a bus frame that announces too much is cut")
  func tooLargeBusFrame() throws {
    var bytes = BrokerClient.frame(type: Declare.frameType.id)
    bytes.replaceSubrange(0..<4, with: [0, 0, 16, 0])
    #expect(try goodbye(after: bytes)?.code == .tooLarge)
  }

  @Test("frame id 0 and the manager's flags cannot be sent")
  func forbidden() throws {
    #expect(try goodbye(after: BrokerClient.frame(type: 0))?.code == .malformed)
    #expect(try goodbyeAfter(flags: .retained)?.code == .malformed)
    #expect(try goodbyeAfter(flags: FrameFlags(rawValue: 1 << 7))?.code == .malformed)
  }

  private func goodbyeAfter(flags: FrameFlags) throws -> Goodbye? {
    let client = try harness.module("flags")
    client.send(type: 5, flags: flags)
    return try client.readGoodbye()
  }

  @Test(
    "bus frames that only the manager sends are not allowed",
    arguments: [Welcome.frameType.id, ModuleStatus.frameType.id, NoListener.frameType.id, 0xFFFF])
  func notAllowed(_ type: UInt16) throws {
    let goodbye = try goodbye(after: BrokerClient.frame(type: type))
    #expect(goodbye?.code == .notAllowed)
    #expect(goodbye?.text == "clients may not send bus frames of type \(type)")
  }

  @Test("a bus frame that ends early is malformed, and the field is named")
  func truncated() throws {
    let goodbye = try goodbye(after: BrokerClient.frame(type: Ping.frameType.id, payload: [1, 2]))
    #expect(goodbye?.code == .malformed)
    #expect(goodbye?.text == "bus frame of type 65290: field 'token' needs 8 bytes, the payload has 2 left")
  }

  @Test("a second HELLO is malformed")
  func secondHello() throws {
    let hello = Hello(version: 1, instance: 0, observer: false, pid: 1, name: "x", client: "c", clientVersion: "1")
    let goodbye = try goodbye(after: BrokerClient.frame(type: Hello.frameType.id, payload: try hello.payload()))
    #expect(goodbye?.text == "HELLO came a second time")
  }

  @Test("a DECLARE with a wrong fingerprint, id or name is malformed")
  func declare() throws {
    let good = Declare(type: 9, name: "GAS", sends: true, listens: false, fields: "a bool - 1", fingerprint: 0)
    #expect(
      try goodbye(after: BrokerClient.frame(type: Declare.frameType.id, payload: try good.payload()))?.code
        == .malformed)
    var bad = good
    bad.fingerprint = FieldList.fingerprint(bad.fields)
    bad.type = 0
    let client = try harness.module("zero")
    try client.send(bad)
    #expect(try client.readGoodbye()?.code == .malformed)
  }

  @Test("what a client sends behind its offence is thrown away")
  func afterwards() throws {
    let client = try harness.module("bad")
    let listener = try harness.module("listener")
    try listener.listen(5)
    client.send(
      bytes: BrokerClient.frame(type: 5, payload: [1]) + BrokerClient.frame(type: 0)
        + BrokerClient.frame(type: 5, payload: [2]))
    client.send(bytes: BrokerClient.frame(type: 5, payload: [3]))
    #expect(listener.read().map(\.payload) == [[1]])
  }

  @Test("random bytes after HELLO never trap, and always end in a GOODBYE or in silence")
  func random() throws {
    var generator = SystemRandomNumberGenerator()
    let seed = generator.next()
    var random = SeededRandom(seed: seed)
    for round in 0..<300 {
      let client = try harness.module("fuzz-\(round)")
      try client.listen(0)
      for _ in 0..<20 {
        let size = Int.random(in: 0..<60, using: &random)
        var bytes = BrokerClient.frame(
          type: Bool.random(using: &random) ? UInt16.random(in: 0xFF00...0xFF10, using: &random) : 5,
          payload: (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) },
          flags: FrameFlags(rawValue: UInt8.random(in: 0...127, using: &random) & ~2))
        if Int.random(in: 0..<4, using: &random) == 0 {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        if !client.isWaiting { client.send(bytes: bytes) }
        _ = client.read()
      }
      client.close()
    }
    #expect(harness.broker.holdings.blocks == 0, "seed \(seed)")
  }
}
