import BusWire
import Testing

@testable import BusManagerCore

@Suite("Fairness")
struct FairnessTests {
  private static let queueBytesMax = 4096
  let harness: BrokerHarness

  init() {
    var limits = ManagerLimits()
    limits.queueBytesMax = Self.queueBytesMax
    harness = BrokerHarness(limits: limits)
  }

  private func send(_ sender: BrokerClient, _ sequence: Int, type: UInt16 = 5, _ priority: Priority = .normal) {
    sender.send(
      type: type, payload: [UInt8](repeating: 1, count: 100), flags: FrameFlags().with(priority),
      sequence: UInt32(sequence))
  }

  /// Sends until the sender has to wait, or so many frames are through.
  private func flood(_ sender: BrokerClient, from first: Int = 0, countMax: Int = 1000) -> Int {
    var sent = 0
    while !sender.isWaiting, sent < countMax {
      send(sender, first + sent)
      sent += 1
    }
    return sent
  }

  @Test("a receiver that does not read holds its sender back for 100 ms, then it is slow and told what it lost")
  func slow() throws {
    let sender = try harness.module("sender")
    let reader = try harness.module("reader")
    let watcher = try harness.module("watcher")
    try reader.listen(5)
    try watcher.listen(ModuleStatus.frameType.id)
    _ = watcher.read()
    reader.block()
    let first = flood(sender)
    #expect(sender.isWaiting)
    harness.advance(milliseconds: 99)
    #expect(sender.isWaiting)
    harness.advance(milliseconds: 1)
    #expect(!sender.isWaiting)
    let status = try #require(try watcher.readAll(ModuleStatus.self).first)
    #expect(status.state == .slow)
    #expect(status.name == "reader")

    let second = flood(sender, from: first, countMax: 200)
    #expect(second == 200)
    let frames = reader.read() + reader.read()
    let values = frames.filter { $0.header.type == 5 }.map(\.header.sequence)
    let lost = try frames.compactMap { try $0.decode(Lost.self) }
    #expect(values.last == UInt32(first + second - 1))
    let lostCount = lost.map(\.count).reduce(0, +)
    #expect(lostCount == UInt64(first + second - values.count))
    #expect(lost.allSatisfy { $0.type == 5 && $0.source == sender.source && $0.reason == .queueFull })
  }

  @Test("any number of waiting senders counts once")
  func once() throws {
    let senders = try (0..<10).map { try harness.module("sender-\($0)") }
    let reader = try harness.module("reader")
    try reader.listen(5)
    reader.block()
    for sender in senders { _ = flood(sender) }
    harness.advance(milliseconds: 60)
    #expect(senders.allSatisfy { $0.isWaiting })
    harness.advance(milliseconds: 40)
    #expect(senders.allSatisfy { !$0.isWaiting })
  }

  @Test("patience is used up in portions and comes back with 10 ms per second")
  func patience() {
    var patience = Patience()
    patience.begin(at: 1_000)
    #expect(left(patience, at: 1_000) == 100_000_000)
    patience.end(at: 1_000 + 60_000_000)
    patience.begin(at: 1_000 + 60_000_000)
    #expect(left(patience, at: 1_000 + 60_000_000) == 40_000_000)
    patience.end(at: 1_000 + 70_000_000)
    #expect(patience.deadline == nil)
    patience.begin(at: 1_000 + 2_070_000_000)
    #expect(left(patience, at: 1_000 + 2_070_000_000) == 50_000_000)
    patience.end(at: 9_000_000_000)
    patience.begin(at: 900_000_000_000)
    #expect(left(patience, at: 900_000_000_000) == 100_000_000)
  }

  private func left(_ patience: Patience, at now: UInt64) -> UInt64 { (patience.deadline ?? now) - now }

  @Test("a slow module that has kept up for a second is waited for again")
  func recovers() throws {
    let sender = try harness.module("sender")
    let reader = try harness.module("reader")
    let watcher = try harness.module("watcher")
    try reader.listen(5)
    try watcher.listen(ModuleStatus.frameType.id)
    reader.block()
    _ = flood(sender)
    harness.advance(milliseconds: 100)
    _ = watcher.read()
    _ = reader.read()
    _ = reader.read()
    harness.advance(milliseconds: 900)
    #expect(harness.broker.counters(of: reader.id)?.state == .slow)
    harness.advance(milliseconds: 100)
    #expect(harness.broker.counters(of: reader.id)?.state == .joined)
    #expect(try watcher.readAll(ModuleStatus.self).map(\.state) == [.joined])
    reader.block()
    _ = flood(sender)
    #expect(sender.isWaiting)
  }

  @Test("many that stop together hold their sender no longer than one, whether it is full queues or the memory")
  func together() throws {
    let sender = try harness.module("sender")
    let readers = try (0..<50).map { try harness.module("reader-\($0)") }
    let good = try harness.module("good")
    for reader in readers + [good] { try reader.listen(5) }
    for reader in readers { reader.block() }
    var sent = flood(sender)
    #expect(sender.isWaiting)
    _ = good.read()
    harness.advance(milliseconds: 100)
    #expect(!sender.isWaiting)
    sent += flood(sender, from: sent, countMax: 20)
    #expect(!sender.isWaiting)
    #expect(good.read().last?.header.sequence == UInt32(sent - 1))
  }

  @Test("many that hold the memory together hold a sender no longer than one")
  func memoryTogether() throws {
    var limits = ManagerLimits()
    limits.queuesBytesMax = 2 << 20
    let harness = BrokerHarness(limits: limits)
    let sender = try harness.module("sender")
    let readers = try (0..<20).map { try harness.module("reader-\($0)") }
    for (index, reader) in readers.enumerated() {
      try reader.listen(UInt16(100 + index))
      reader.block()
    }
    for round in 0..<6 {
      for index in readers.indices where !sender.isWaiting {
        sender.send(type: UInt16(100 + index), payload: [UInt8](repeating: UInt8(round), count: 30_000))
      }
    }
    #expect(sender.isWaiting)
    harness.advance(milliseconds: 100)
    for _ in 0..<10 where !sender.isWaiting { sender.send(type: 100, payload: [UInt8](repeating: 1, count: 30_000)) }
    #expect(!sender.isWaiting)
  }

  @Test("names that were never seen before share one allowance; a name keeps its own when it comes anew")
  func newNames() throws {
    let sender = try harness.module("sender")
    var heldMilliseconds = 0
    func hold(_ reader: BrokerClient) throws {
      try reader.listen(5)
      reader.block()
      _ = flood(sender)
      while sender.isWaiting {
        harness.advance(milliseconds: 1)
        heldMilliseconds += 1
      }
      reader.close()
    }
    for number in 0..<20 { try hold(try harness.module("new-\(number)")) }
    #expect((100...120).contains(heldMilliseconds), "\(heldMilliseconds)")

    heldMilliseconds = 0
    let old = try harness.module("old")
    harness.advance(milliseconds: 20_000)
    try hold(old)
    #expect((100...101).contains(heldMilliseconds))
    for _ in 0..<20 { try hold(try harness.module("old")) }
    #expect((100...120).contains(heldMilliseconds), "\(heldMilliseconds)")
  }

  @Test("a flood of low frames neither holds back the senders of normal ones nor keeps a receiver slow")
  func lowFlood() throws {
    let low = try harness.module("low")
    let normal = try harness.module("normal")
    let reader = try harness.module("reader")
    try reader.listen(5, 6)
    reader.block()
    var sequence = 0
    for number in 0..<100 { send(low, number, type: 6, .low) }
    while !normal.isWaiting {
      send(normal, sequence)
      sequence += 1
    }
    // Normal frames go first; when they are gone, their sender goes on however many low ones are left.
    _ = reader.read(bytesMax: 2200)
    for number in 0..<100 { send(low, number, type: 6, .low) }
    #expect(!normal.isWaiting)

    while !normal.isWaiting {
      send(normal, sequence)
      sequence += 1
    }
    harness.advance(milliseconds: 100)
    #expect(harness.broker.counters(of: reader.id)?.state == .slow)
    for _ in 0..<12 {
      _ = reader.read(bytesMax: 4200)
      for number in 0..<100 { send(low, number, type: 6, .low) }
      harness.advance(milliseconds: 100)
    }
    #expect((harness.broker.counters(of: reader.id)?.waitingBytes ?? 0) > 0)
    #expect(harness.broker.counters(of: reader.id)?.state == .joined)
  }

  @Test("two that send to each other without reading cannot lock each other for longer than that")
  func mutual() throws {
    let first = try harness.module("first")
    let second = try harness.module("second")
    try first.listen(5)
    try second.listen(5)
    first.block()
    second.block()
    _ = flood(first)
    _ = flood(second)
    #expect(first.isWaiting && second.isWaiting)
    harness.advance(milliseconds: 100)
    #expect(flood(first, countMax: 50) == 50)
    #expect(flood(second, countMax: 50) == 50)
  }

  @Test("a slow reader takes nothing from the others")
  func others() throws {
    let sender = try harness.module("sender")
    let slow = try harness.module("slow")
    let fast = try harness.module("fast")
    try slow.listen(5)
    try fast.listen(5)
    slow.block()
    var received: [UInt32] = []
    for index in 0..<500 {
      send(sender, index)
      received += fast.read().map(\.header.sequence)
      if sender.isWaiting { harness.advance(milliseconds: 100) }
      received += fast.read().map(\.header.sequence)
    }
    #expect(received == (0..<500).map { UInt32($0) })
  }

  @Test("low frames never hold anyone back: the oldest go, and are counted")
  func low() throws {
    let sender = try harness.module("sender")
    let reader = try harness.module("reader")
    try reader.listen(5)
    for index in 0..<100 { send(sender, index, .low) }
    #expect(!sender.isWaiting)
    let frames = reader.read() + reader.read()
    let values = frames.filter { $0.header.type == 5 }.map(\.header.sequence)
    #expect(values == (UInt32(100 - values.count)..<100).map { $0 })
    #expect(try frames.compactMap { try $0.decode(Lost.self) }.map(\.count) == [UInt64(100 - values.count)])
  }

  @Test("a flood of low frames does not delay a trickle of high ones")
  func trickle() throws {
    let flooder = try harness.module("flooder")
    let urgent = try harness.module("urgent")
    let reader = try harness.module("reader")
    try reader.listen(5, 6)
    for round in 0..<50 {
      for index in 0..<20 { send(flooder, round * 20 + index, .low) }
      send(urgent, round, type: 6, .high)
      let first = try #require(reader.read(bytesMax: 600).first { $0.header.type < 0xFF00 })
      #expect(first.header.type == 6 || round == 0 || first.header.flags.priority == .low)
    }
    #expect(!urgent.isWaiting)
    #expect(harness.broker.unrest(of: urgent.id) == [])
  }

  @Test("of a data stream a receiver that is behind gets the newest per sender, type and instance")
  func dataStream() throws {
    let sender = try harness.module("sender")
    let other = try harness.module("other")
    let reader = try harness.module("reader")
    try reader.listen(5, 6)
    reader.block()
    for index in 0..<10 {
      send(sender, index, .dataStream)
      send(other, 100 + index, .dataStream)
      send(sender, 200 + index, type: 6, .dataStream)
    }
    let frames = reader.read() + reader.read()
    #expect(frames.filter { $0.header.type < 0xFF00 }.map(\.header.sequence) == [9, 109, 209])
    let lost = try frames.compactMap { try $0.decode(Lost.self) }
    #expect(lost.map(\.count) == [9, 9, 9])
    #expect(lost.allSatisfy { $0.reason == .replaced })
  }

  @Test("of data streams of many kinds the newest of each wait, whatever their order and size")
  func manyKinds() throws {
    var limits = ManagerLimits()
    limits.queueBytesMax = 1 << 20
    let harness = BrokerHarness(limits: limits)
    let sender = try harness.module("sender")
    let reader = try harness.module("reader")
    try reader.listen(0)
    reader.block()
    var newest: [Int: UInt32] = [:]
    var random = SystemRandomNumberGenerator()
    for sequence in UInt32(0)..<20_000 {
      let kind = Int.random(in: 0..<5000, using: &random)
      sender.send(
        type: UInt16(1 + kind / 100), payload: [UInt8](repeating: 1, count: kind % 7),
        flags: FrameFlags().with(.dataStream), instance: UInt8(kind % 100), sequence: sequence)
      newest[kind] = sequence
    }
    let frames = reader.read() + reader.read()
    let values = frames.filter { $0.header.type < FrameType.firstBusID }
    #expect(values.map(\.header.sequence) == newest.values.sorted())
    let lost = try frames.compactMap { try $0.decode(Lost.self) }
    #expect(lost.allSatisfy { $0.reason == .replaced })
    #expect(lost.map { Int($0.count) }.reduce(0, +) == 20_000 - newest.count)
  }

  @Test("of a data stream a receiver that keeps up gets everything")
  func dataStreamInTime() throws {
    let sender = try harness.module("sender")
    let reader = try harness.module("reader")
    try reader.listen(5)
    for index in 0..<10 { send(sender, index, .dataStream) }
    #expect(reader.read().count == 10)
  }

  @Test("a frame that went out in part is finished before anything is dropped or goes first")
  func broken() throws {
    let sender = try harness.module("sender")
    let reader = try harness.module("reader")
    try reader.listen(5, 6)
    for index in 0..<20 { send(sender, index, .low) }
    #expect(reader.read(bytesMax: 150).map(\.header.sequence) == [0])
    for index in 20..<100 { send(sender, index, .low) }
    send(sender, 1000, type: 6, .high)
    let frames = (reader.read() + reader.read()).filter { $0.header.type < 0xFF00 }
    #expect(frames.prefix(2).map(\.header.sequence) == [1, 1000])
    #expect(frames.last?.header.sequence == 99)
  }

  @Test("losses of a kind are counted exactly however many kinds there are")
  func ledger() {
    var ledger = LossLedger()
    for index in 0..<10_000 {
      ledger.add(FrameHeader(size: 0, type: UInt16(1 + index % 500), source: 3), .queueFull)
    }
    #expect(ledger.lostCount == 10_000)
    ledger.add(FrameHeader(size: 0, type: 999, source: 3), .notKept)
    #expect(ledger.lostCount == 10_000 && ledger.total == 10_001)
    #expect(ledger.entries.count <= LossLedger.entriesMax)
    #expect(ledger.entries.suffix(2).map(\.type) == [0, 0])
  }
}
