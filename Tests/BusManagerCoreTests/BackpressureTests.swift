import BusWire
import Testing

@testable import BusManagerCore

@Suite("Backpressure")
struct BackpressureTests {
  private static let queueBytesMax = 4096

  private func harness(memory: Int = 64 << 20) -> BrokerHarness {
    var limits = ManagerLimits()
    limits.queueBytesMax = Self.queueBytesMax
    limits.queuesBytesMax = memory
    return BrokerHarness(limits: limits)
  }

  private func frame(_ sequence: Int, size: Int = 100) -> [UInt8] {
    BrokerClient.frame(type: 5, payload: [UInt8](repeating: 1, count: size), sequence: UInt32(sequence))
  }

  /// Sends until the sender has to wait.
  private func fill(_ sender: BrokerClient) -> Int {
    var sent = 0
    while !sender.isWaiting {
      sender.send(bytes: frame(sent))
      sent += 1
    }
    return sent
  }

  @Test("a full receiver holds its sender back; nothing is lost and the order stays")
  func holdsBack() throws {
    let harness = harness()
    let sender = try harness.module("sender")
    let slow = try harness.module("slow")
    try slow.listen(5)
    let sent = fill(sender)
    #expect(sent == Self.queueBytesMax / 124 + 1)
    var sequences: [UInt32] = []
    while sequences.count < sent {
      let frames = slow.read(bytesMax: 200)
      sequences += frames.map(\.header.sequence)
    }
    #expect(sequences == (0..<UInt32(sent)).map { $0 })
    #expect(!sender.isWaiting)
    #expect(harness.broker.holdings.blocks == 0)
  }

  @Test("a batch that fits in part is delivered to all up to the same frame")
  func batch() throws {
    let harness = harness()
    let sender = try harness.module("sender")
    let slow = try harness.module("slow")
    let fast = try harness.module("fast")
    try slow.listen(5)
    try fast.listen(5)
    sender.send(bytes: (0..<100).flatMap { frame($0) })
    #expect(sender.isWaiting)
    let before = fast.read().count
    #expect(before == Self.queueBytesMax / 124)
    #expect(slow.read().count == before)
    #expect(fast.read().map(\.header.sequence).first == UInt32(before))
  }

  @Test("a long run goes out as it was read; what a receiver does not take at once stays whole and in order")
  func longRun() throws {
    let harness = BrokerHarness()
    let sender = try harness.module("sender")
    let receivers = try (0..<3).map { try harness.module("receiver-\($0)") }
    for receiver in receivers { try receiver.listen(5) }
    var received: [[UInt32]] = [[], [], []]
    for round in 0..<20 {
      sender.send(bytes: (0..<300).flatMap { frame(round * 300 + $0) })
      let hasBorrowers = harness.broker.hasBorrowers
      #expect(hasBorrowers)
      received[0] += receivers[0].read().map(\.header.sequence)
      received[1] += receivers[1].read(bytesMax: 1000 + round * 1777).map(\.header.sequence)
      if round % 3 == 0 { sender.send(type: 6) }
    }
    for index in receivers.indices { received[index] += receivers[index].read().map(\.header.sequence) }
    for sequences in received { #expect(sequences == (0..<6000).map { UInt32($0) }) }
    #expect(harness.broker.holdings.blocks == 0)
  }

  @Test("a sender of other frames is not held back")
  func others() throws {
    let harness = harness()
    let sender = try harness.module("sender")
    let slow = try harness.module("slow")
    let other = try harness.module("other")
    let fast = try harness.module("fast")
    try slow.listen(5)
    try fast.listen(6)
    _ = fill(sender)
    for index in 0..<1000 {
      other.send(type: 6, payload: [UInt8](repeating: 2, count: 100), sequence: UInt32(index))
      #expect(fast.read().count == 1)
    }
    #expect(!other.isWaiting)
  }

  @Test("a sender goes on when the receiver that it waited for is gone")
  func receiverGone() throws {
    let harness = harness()
    let sender = try harness.module("sender")
    let slow = try harness.module("slow")
    try slow.listen(5)
    _ = fill(sender)
    slow.close()
    _ = sender.read()
    #expect(!sender.isWaiting)
    #expect(harness.broker.holdings.blocks == 0)
  }

  @Test("a single frame over the limit may wait alone")
  func alone() throws {
    let harness = harness()
    let sender = try harness.module("sender")
    let slow = try harness.module("slow")
    try slow.listen(5)
    sender.send(bytes: frame(0, size: 100_000))
    #expect(!sender.isWaiting)
    sender.send(bytes: frame(1, size: 100_000))
    #expect(sender.isWaiting)
    #expect(slow.read().count + slow.read().count == 2)
  }

  @Test("an observer is never waited for; it gets the newest, and is told how many it missed")
  func observer() throws {
    let harness = harness()
    let sender = try harness.module("sender")
    let tool = try harness.module("tool", observer: true)
    try tool.listen(5)
    for index in 0..<100 { sender.send(bytes: frame(index)) }
    #expect(!sender.isWaiting)
    let frames = tool.read() + tool.read()
    let values = frames.filter { $0.header.type == 5 }
    #expect(values.map(\.header.sequence) == (UInt32(100 - values.count)..<100).map { $0 })
    #expect(try frames.compactMap { try $0.decode(Lost.self) }.map(\.count) == [UInt64(100 - values.count)])
  }

  @Test("a client that asks without reading the answers is not read further")
  func questions() throws {
    let harness = harness()
    let client = try harness.module("client")
    var sent = 0
    while !client.isWaiting {
      client.send(type: Ping.frameType.id, payload: [UInt8](repeating: 3, count: 8))
      sent += 1
      try #require(sent < 1000)
    }
    #expect(client.read().count + client.read().count == sent)
    #expect(!client.isWaiting)
  }

  @Test("all queues together stay within the memory of the manager")
  func memory() throws {
    let harness = harness(memory: 10 * BlockPool.capacity)
    let sender = try harness.module("sender")
    let slow = try (0..<8).map { try harness.module("slow-\($0)") }
    for client in slow { try client.listen(5) }
    while !sender.isWaiting { sender.send(bytes: frame(0, size: 3000)) }
    #expect(harness.broker.holdings.blocks <= 10 + 8)
    for client in slow { _ = client.read() }
    for client in slow { _ = client.read() }
    #expect(!sender.isWaiting)
  }
}
