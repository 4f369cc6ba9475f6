import BusWire
import Testing

@testable import BusManagerCore

@Suite("Memory of kept frames")
struct KeptMemoryTests {
  let harness: BrokerHarness

  init() {
    var limits = ManagerLimits()
    limits.retainedBytesMax = 100_000
    harness = BrokerHarness(limits: limits)
  }

  private func declare(_ sender: BrokerClient, retain: Int) throws {
    try sender.send(
      Declare(
        type: 5, name: "F5", sends: true, listens: false, fields: "", properties: FrameProperties(retain: retain)))
  }

  private func send(_ sender: BrokerClient, _ value: UInt8, instance: UInt8 = 0, byteCount: Int = 1000) {
    sender.send(
      type: 5, payload: [UInt8](repeating: value, count: byteCount), flags: .retain.with(.normal),
      instance: instance)
  }

  /// What a listener gets that comes now.
  private func kept(_ name: String = "late") throws -> [UInt32: [UInt8]] {
    let listener = try harness.module(name)
    try listener.listen(5)
    defer { listener.close() }
    return Dictionary(grouping: listener.read(), by: \.header.source).mapValues { $0.compactMap(\.payload.first) }
  }

  private func notKept(_ sender: BrokerClient) throws -> UInt64 {
    harness.advance(milliseconds: 200)
    let lost = try sender.readAll(Lost.self)
    #expect(lost.allSatisfy { $0.reason == .notKept && $0.source == sender.source && $0.type == 5 })
    return lost.reduce(0) { $0 + $1.count }
  }

  @Test("a module that keeps too much gives up its own oldest frames, and gets the count of them; others keep theirs")
  func hog() throws {
    let modest = try harness.module("modest")
    send(modest, 7)
    let hog = try harness.module("hog")
    try declare(hog, retain: 1024)
    _ = harness.broker.takeEvents()
    for value in UInt8(0)..<200 { send(hog, value) }
    let kept = try kept()
    #expect(kept[modest.source] == [7])
    let values = try #require(kept[hog.source])
    #expect((70...90).contains(values.count))
    #expect(values == (0..<200).suffix(values.count).map { UInt8($0) })
    #expect(try notKept(hog) == UInt64(200 - values.count))
    #expect(try notKept(modest) == 0)
    #expect(harness.broker.holdings.retainedBytes <= 100_000)
    let events = harness.broker.takeEvents().filter { if case .retainedFull = $0 { true } else { false } }
    #expect(events.count == 1)
  }

  @Test("a module below its share gets room from the one that keeps most")
  func share() throws {
    let hog = try harness.module("hog")
    try declare(hog, retain: 1024)
    for value in UInt8(0)..<100 { send(hog, value) }
    #expect(try notKept(hog) > 0)
    let late = try harness.module("newcomer")
    try declare(late, retain: 1024)
    for value in UInt8(0)..<20 { send(late, value) }
    let kept = try kept()
    #expect(kept[late.source] == Array(0..<20))
    #expect((kept[hog.source] ?? []).last == 99)
    #expect(try notKept(hog) >= 20)
    #expect(try notKept(late) == 0)
  }

  @Test("two that keep much come to keep about the same")
  func equal() throws {
    let both = try ["first", "second"].map { try harness.module($0) }
    for sender in both {
      try declare(sender, retain: 1024)
      for value in UInt8(0)..<200 { send(sender, value) }
    }
    for value in UInt8(0)..<200 { for sender in both { send(sender, value) } }
    let counts = try kept().values.map(\.count)
    #expect(counts.count == 2 && counts.allSatisfy { (30...45).contains($0) }, "\(counts)")
  }

  @Test("a frame that has no room at all takes the older ones of its kind with it, and is reported")
  func tooLarge() throws {
    let sender = try harness.module("sender")
    send(sender, 1)
    send(sender, 2, instance: 1)
    send(sender, 3, byteCount: 100_000)
    #expect(try kept()[sender.source] == [2])
    #expect(try notKept(sender) == 1)
    send(sender, 4)
    #expect(try kept()[sender.source]?.sorted() == [2, 4])
  }

  @Test("reports come every 100 ms at most")
  func reports() throws {
    let hog = try harness.module("hog")
    try declare(hog, retain: 1024)
    for value in UInt8(0)..<200 { send(hog, value) }
    #expect(try hog.readAll(Lost.self).count == 1)
    for value in UInt8(0)..<200 { send(hog, value) }
    harness.advance(milliseconds: 50)
    #expect(try hog.readAll(Lost.self).isEmpty)
    harness.advance(milliseconds: 60)
    #expect(try hog.readAll(Lost.self).count == 1)
  }

  @Test("what is not kept was not lost: nobody's count of lost frames grows")
  func notLost() throws {
    let hog = try harness.module("hog")
    for instance in UInt8(0)..<200 { send(hog, 1, instance: instance) }
    #expect(harness.broker.counters(of: hog.id)?.lost == 0)
    harness.advance(milliseconds: 200)
    #expect(!harness.broker.takeEvents().contains { if case .lostFrames = $0 { true } else { false } })
  }

  @Test("kept frames are part of all memory, and give way before a module is cut for the lack of it")
  func allMemory() throws {
    var limits = ManagerLimits()
    limits.queuesBytesMax = 1 << 20
    let harness = BrokerHarness(limits: limits)
    let sender = try harness.module("sender")
    for instance in UInt8(0)..<100 {
      sender.send(
        type: 5, payload: [UInt8](repeating: 1, count: 8000), flags: .retain.with(.normal), instance: instance)
    }
    #expect(harness.broker.holdings.retainedBytes <= 512 << 10)
    #expect(harness.broker.holdings.bytesLeft <= 600 << 10)
    let frame = BrokerClient.frame(type: 6, payload: [UInt8](repeating: 2, count: 300 << 10))
    sender.send(bytes: Array(frame.dropLast()))
    let listener = try harness.module("listener")
    try listener.listen(6)
    sender.send(bytes: [2])
    #expect(listener.read().map(\.payload.count) == [300 << 10])
    #expect(harness.broker.holdings.retainedBytes < 400 << 10)
    harness.advance(milliseconds: 200)
    #expect(try sender.readAll(Lost.self).contains { $0.reason == .notKept })
  }

  @Test("random traffic leaves exactly what a simple model keeps")
  func model() throws {
    var random = SystemRandomNumberGenerator()
    let harness = BrokerHarness()
    let sender = try harness.module("sender")
    let depths = [1, 2, 7, 40]
    for (type, depth) in depths.enumerated() {
      try sender.send(
        Declare(
          type: UInt16(type + 1), name: "F", sends: true, listens: false, fields: "",
          properties: FrameProperties(retain: depth)))
    }
    var expected: [(type: UInt16, instance: UInt8, value: UInt16)] = []
    for value in UInt16(0)..<3000 {
      let type = UInt16.random(in: 1...4, using: &random)
      let instance = UInt8.random(in: 0...1, using: &random)
      sender.send(
        type: type, payload: [UInt8(value >> 8), UInt8(value & 255)], flags: .retain.with(.normal),
        instance: instance)
      expected.append((type, instance, value))
      let same = expected.indices.filter { expected[$0].type == type && expected[$0].instance == instance }
      if same.count > depths[Int(type) - 1] { expected.remove(at: same[0]) }
    }
    let listener = try harness.module("listener")
    try listener.listen(0)
    #expect(
      listener.read().map { UInt16($0.payload[0]) << 8 | UInt16($0.payload[1]) } == expected.map(\.value))
    sender.close()
    #expect(harness.broker.holdings.retainedBytes == 0)
  }
}
