import EvominBridgeProtocol
import Testing

/// The way a program that embeds the protocol uses it.
@Suite("A program that embeds evoMIN")
struct EmbeddingTests {
  @Test("names its own commands, sends, polls and hears what comes on a UART")
  func uart() throws {
    var lamp = Lamp(.uart())
    var remote = Lamp(.uart())
    let id = try lamp.send(.lightOn, [1], at: 0)
    try remote.send(.sendIDN, at: 0)
    for step in 0..<20 {
      lamp.poll(at: ms(UInt64(step)))
      remote.port.transport.incoming += lamp.port.transport.takeOutgoing()
      remote.poll(at: ms(UInt64(step)))
      lamp.port.transport.incoming += remote.port.transport.takeOutgoing()
    }
    #expect(lamp.received == [EvominFrame(.sendIDN)])
    #expect(remote.received == [try EvominFrame(.lightOn, [1])])
    #expect(lamp.acknowledged == [id])
    #expect(throws: EvominError.nothingToReplyTo) { try lamp.reply([1]) }
  }

  @Test("is told of a frame that nobody acknowledged")
  func givenUp() throws {
    var lamp = Lamp(.uart())
    let id = try lamp.send(.lightOn, [1], at: 0)
    while let deadline = lamp.port.deadline { lamp.poll(at: deadline) }
    #expect(lamp.givenUp == [id])
  }

  @Test("gets the slave's reply as a master, and replies as a slave")
  func masterAndSlave() throws {
    var master = Lamp(.master())
    var slave = Lamp(.slave)
    slave.answer = [0xDE, 0xAD]
    // The wire: each byte of the master's goes through the slave's program.
    master.port.transport.exchange = { byte in
      let out = slave.port.transport.takeOutgoing().last ?? 0
      slave.port.transport.incoming.append(byte)
      slave.poll(at: 0)
      return out
    }
    let id = try master.send(.lightOn, [1], at: 0)
    master.poll(at: 0)
    #expect(master.replies == [[0xDE, 0xAD]])
    #expect(master.acknowledged == [id])
    #expect(slave.received == [try EvominFrame(.lightOn, [1])])
    #expect(throws: EvominError.slaveCannotSend) { try slave.send(.lightOn, at: 0) }
    #expect(throws: EvominError.nothingToReplyTo) { try slave.reply([1]) }
  }

  @Test("is refused what does not fit")
  func refusals() throws {
    var lamp = Lamp(.uart())
    #expect(throws: EvominError.tooLong(bytes: 50, bytesMax: 49)) {
      try lamp.send(.lightOn, [UInt8](repeating: 0, count: 50), at: 0)
    }
    for _ in 0..<8 { try lamp.send(.lightOn, at: 0) }
    #expect(throws: EvominError.queueFull(framesMax: 8)) { try lamp.send(.lightOn, at: 0) }
  }
}

extension EvominCommand {
  fileprivate static let lightOn: EvominCommand = 0xA0
}

/// A program with a lamp.
private struct Lamp: EvominApplication {
  var port: EvominPort<MemoryTransport>
  var answer = [UInt8]()
  var received = [EvominFrame]()
  var replies = [[UInt8]]()
  var acknowledged = [EvominSendID]()
  var givenUp = [EvominSendID]()

  init(_ line: EvominLine) {
    port = EvominPort(MemoryTransport(line: line), seed: 1, at: 0)
  }

  mutating func frameReceived(_ frame: EvominFrame, isDuplicate: Bool) {
    received.append(frame)
    if !answer.isEmpty { try? reply(answer) }
  }

  mutating func replyReceived(_ reply: EvominPayload, to id: EvominSendID) { replies.append(Array(reply)) }

  mutating func frameAcknowledged(_ id: EvominSendID) { acknowledged.append(id) }

  mutating func frameGivenUp(_ id: EvominSendID, _ failure: EvominFailure) { givenUp.append(id) }
}

/// A line that ends in memory.
private struct MemoryTransport: EvominTransport {
  let line: EvominLine
  var incoming = [UInt8]()
  var outgoing = [UInt8]()
  /// What comes in while a master's byte goes out.
  var exchange: ((UInt8) -> UInt8)?

  init(line: EvominLine) {
    self.line = line
  }

  func describe() -> EvominLine { line }

  mutating func write(_ byte: UInt8) -> UInt8? {
    outgoing.append(byte)
    return exchange?(byte)
  }

  mutating func read() -> UInt8? { incoming.isEmpty ? nil : incoming.removeFirst() }

  mutating func takeOutgoing() -> [UInt8] {
    defer { outgoing = [] }
    return outgoing
  }
}
