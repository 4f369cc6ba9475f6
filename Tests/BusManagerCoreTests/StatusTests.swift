import BusWire
import Testing

@testable import BusManagerCore

@Suite("Bus status")
struct StatusTests {
  private func status(_ client: BrokerClient) throws -> BusStatus {
    client.send(type: BusStatus.frameType.id, flags: FrameFlags.request.with(.normal))
    return try #require(try client.readAll(BusStatus.self).first)
  }

  @Test("counts what was sent, delivered, waiting and lost, per module and per type")
  func counts() throws {
    var limits = ManagerLimits()
    limits.queueBytesMax = 4096
    let harness = BrokerHarness(limits: limits)
    let sender = try harness.module("sender")
    let reader = try harness.module("reader")
    try reader.listen(5)
    harness.advance(milliseconds: 1500)
    for _ in 0..<100 {
      sender.send(type: 5, payload: [UInt8](repeating: 0, count: 100), flags: FrameFlags().with(.low))
    }
    sender.send(type: 6)
    let status = try status(sender)
    #expect(status.uptimeMilliseconds == 1500)
    let counters = Dictionary(uniqueKeysWithValues: status.modules.map { ($0.module, $0) })
    let sent = try #require(counters[sender.source])
    #expect(sent.framesIn == 101)
    #expect(sent.bytesIn == 100 * 124 + 24)
    let received = try #require(counters[reader.source])
    #expect(received.framesOut == 100)
    #expect(received.waitingBytes <= 4096)
    #expect(received.waitingBytes / 124 + received.lost == 100)
    #expect(received.waitingBytesMark >= received.waitingBytes)
    #expect(
      status.types == [
        TypeCounters(type: 5, frames: 100, bytes: 12_400), TypeCounters(type: 6, frames: 1, bytes: 24),
      ])
    let frames = reader.read() + reader.read()
    #expect(try frames.compactMap { try $0.decode(Lost.self) }.map(\.count) == [received.lost])
  }

  @Test("of thousands of requests for it some are answered in a turn, and others are served between them")
  func slices() throws {
    let harness = BrokerHarness()
    let asker = try harness.module("asker")
    for number in 0..<200 { _ = try harness.module("m\(number)") }
    let other = try harness.module("other")
    harness.turnsByHand = true
    harness.nextTurn()
    let request = BrokerClient.frame(type: BusStatus.frameType.id, flags: .request.with(.high))
    asker.send(bytes: [UInt8]((0..<200).flatMap { _ in request }))
    var answers = 0
    var turns = 0
    while answers < 200 {
      try harness.nextTurn { try other.send(Ping(token: UInt64(turns))) }
      #expect(try other.readAll(Pong.self).count == 1)
      let count = try asker.readAll(BusStatus.self).count
      #expect(count < 100)
      answers += count
      turns += 1
      try #require(turns < 1000)
    }
  }

  @Test("types over the limit are counted together")
  func types() throws {
    let harness = BrokerHarness()
    let sender = try harness.module("sender")
    for type in UInt16(1)...5000 { sender.send(type: type) }
    let types = harness.broker.status.types
    #expect(types.count == Tally.typesMax + 1)
    #expect(types.first?.type == 0)
    #expect(types.first?.frames == UInt64(5000 - Tally.typesMax))
  }

  @Test("tells how long a module has held the others back, and its state")
  func held() throws {
    var limits = ManagerLimits()
    limits.queueBytesMax = 4096
    let harness = BrokerHarness(limits: limits)
    let sender = try harness.module("sender")
    let reader = try harness.module("reader")
    try reader.listen(5)
    reader.block()
    while !sender.isWaiting { sender.send(type: 5, payload: [UInt8](repeating: 0, count: 100)) }
    harness.advance(milliseconds: 100)
    let watcher = try harness.module("watcher")
    let counters = try #require(try status(watcher).modules.first { $0.module == reader.source })
    #expect(counters.heldMilliseconds == 100)
    #expect(counters.state == .slow)
  }
}
