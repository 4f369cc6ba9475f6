import BusWire
import Testing

@testable import BusManagerCore

@Suite("A listener with a long history to read")
struct ReplayTests {
  /// More than what waits for one listener at a time.
  private static let frameCount = 2000
  private static let payloadBytes = 1000

  private func limits(queuesBytesMax: Int = 64 << 20) -> ManagerLimits {
    var limits = ManagerLimits()
    limits.queuesBytesMax = queuesBytesMax
    return limits
  }

  /// A sender of a long history.
  private func sender(_ harness: BrokerHarness, _ name: String = "sender") throws -> BrokerClient {
    let sender = try harness.module(name)
    for type in UInt16(5)...6 {
      try sender.send(
        Declare(
          type: type, name: "F", sends: true, listens: false, fields: "", properties: FrameProperties(retain: 1024)))
    }
    for number in 0..<Self.frameCount { send(sender, number) }
    return sender
  }

  private func send(_ sender: BrokerClient, _ number: Int, retain: Bool = true) {
    var payload = [UInt8](repeating: 0, count: Self.payloadBytes)
    payload[0] = UInt8(number >> 8)
    payload[1] = UInt8(number & 255)
    let flags: FrameFlags = retain ? .retain : []
    sender.send(
      type: 5 + UInt16(number % 2), payload: payload, flags: flags.with(.normal), sequence: UInt32(number))
  }

  private func numbers(_ frames: [ReceivedFrame]) -> [Int] {
    frames.filter { $0.header.type < 0xFF00 }.map { Int($0.payload[0]) << 8 | Int($0.payload[1]) }
  }

  /// Everything that a client gets while it reads this much at a time, and waits if it has to.
  private func readAll(_ client: BrokerClient, _ bytesMax: Int = 50_000) -> [ReceivedFrame] {
    var frames: [ReceivedFrame] = []
    for _ in 0..<1000 {
      let more = client.read(bytesMax: bytesMax)
      frames += more
      if more.isEmpty {
        guard client.isWaiting else { break }
        client.harness.advance(milliseconds: 20)
      }
    }
    return frames
  }

  @Test("gets what it asked for however much else is kept, in slices")
  func slices() throws {
    let harness = BrokerHarness()
    let sender = try harness.module("sender")
    for type in UInt16(1)...40_000 {
      sender.send(type: type, flags: .retain.with(.normal))
    }
    let late = try harness.module("late")
    let other = try harness.module("other")
    harness.turnsByHand = true
    harness.nextTurn()
    try late.listen(40_000)
    var turns = 0
    while harness.broker.isBusy {
      try harness.nextTurn { try other.send(Ping(token: 1)) }
      #expect(try other.readAll(Pong.self).count == 1)
      turns += 1
      try #require(turns < 1000)
    }
    #expect(turns >= 2)
    #expect(late.read().map(\.header.type) == [40_000])
  }

  @Test("gets it in portions: little waits for it at a time, and all of it comes", arguments: [false, true])
  func portions(isObserver: Bool) throws {
    let harness = BrokerHarness()
    _ = try sender(harness)
    let used = harness.broker.holdings.blocks
    let listener = try harness.module("listener", observer: isObserver)
    try listener.listen(5, 6)
    #expect((harness.broker.holdings.blocks - used) * BlockPool.capacity < 300 << 10)
    #expect(numbers(readAll(listener)) == Array(0..<Self.frameCount))
    #expect(!listener.isWaiting)
    #expect(harness.broker.unrest(of: listener.id) == [])
  }

  @Test("gets the PONG of a PING behind its LISTEN after the last of it")
  func barrier() throws {
    let harness = BrokerHarness()
    _ = try sender(harness)
    let listener = try harness.module("listener")
    let listen = Listen(
      entries: [5, 6].map { ListenEntry(type: $0, instance: 0, anyInstance: true, values: true, requests: true) })
    listener.send(
      bytes: BrokerClient.frame(type: Listen.frameType.id, payload: try listen.payload())
        + BrokerClient.frame(type: Ping.frameType.id, payload: try Ping(token: 9).payload()))
    let frames = readAll(listener)
    #expect(numbers(frames).count == Self.frameCount)
    #expect(try frames.last?.decode(Pong.self)?.token == 9)
    #expect(!listener.isWaiting)
  }

  @Test("gets the PONG last when the history is short, too")
  func shortBarrier() throws {
    let harness = BrokerHarness()
    let sender = try harness.module("sender")
    send(sender, 0)
    let listener = try harness.module("listener")
    try listener.listen(5)
    try listener.send(Ping(token: 9))
    #expect(readAll(listener).map(\.header.type) == [5, Pong.frameType.id])
  }

  @Test("gets what is sent meanwhile behind it, whatever its priority", arguments: [false, true])
  func live(isObserver: Bool) throws {
    let harness = BrokerHarness()
    let sender = try sender(harness)
    let listener = try harness.module("listener", observer: isObserver)
    try listener.listen(5, 6)
    var frames = listener.read(bytesMax: 300_000)
    for number in Self.frameCount..<Self.frameCount + 20 { send(sender, number, retain: false) }
    frames += readAll(listener)
    #expect(numbers(frames) == Array(0..<Self.frameCount + 20))
    #expect(frames.allSatisfy { $0.header.type != Lost.frameType.id })
  }

  @Test("loses nothing of it when live frames fill its queues")
  func flood() throws {
    let harness = BrokerHarness()
    let sender = try sender(harness)
    let observer = try harness.module("observer", observer: true)
    try observer.listen(5, 6)
    for number in 0..<3000 {
      sender.send(
        type: 5, payload: [UInt8](repeating: 0xFF, count: 1000), flags: FrameFlags().with(.low),
        sequence: UInt32(number))
    }
    let frames = readAll(observer)
    #expect(numbers(frames.filter { $0.header.flags.contains(.retained) }) == Array(0..<Self.frameCount))
    let lost = try frames.compactMap { try $0.decode(Lost.self) }.reduce(0) { $0 + $1.count }
    #expect(frames.count { $0.payload.first == 0xFF } + Int(lost) == 3000)
  }

  @Test("does not get what was replaced before its turn came, but what replaced it")
  func replaced() throws {
    let harness = BrokerHarness()
    let sender = try sender(harness)
    let listener = try harness.module("listener")
    try listener.listen(5, 6)
    var frames = listener.read(bytesMax: 10_000)
    for number in Self.frameCount..<Self.frameCount + 500 { send(sender, number) }
    frames += readAll(listener)
    let numbers = numbers(frames)
    #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
    #expect(Set(numbers).isSuperset(of: Self.frameCount - 1024..<Self.frameCount + 500))
  }

  @Test("ends in good order when it, the sender or the manager ends in the middle")
  func ends() throws {
    let harness = BrokerHarness()
    let first = try sender(harness, "first")
    let second = try sender(harness, "second")
    let listeners = try (0..<3).map { try harness.module("listener-\($0)") }
    for listener in listeners {
      try listener.listen(5, 6)
      _ = listener.read(bytesMax: 100_000)
    }
    listeners[0].close()
    first.close()
    let rest = readAll(listeners[1])
    #expect(rest.count { $0.header.source == second.source } == Self.frameCount)
    try listeners[1].listen(5)
    try listeners[1].listen(5, 6)
    harness.broker.shutDown()
    #expect(try readAll(listeners[1]).last?.decode(Goodbye.self)?.code == .shutdown)
    #expect(try readAll(listeners[2]).last?.decode(Goodbye.self)?.code == .shutdown)
    second.close()
    for listener in listeners.dropFirst() { listener.close() }
    #expect(harness.broker.holdings.blocks == 0)
  }

  @Test("forty that read nothing take no more than the memory there is, and stop nobody else")
  func unread() throws {
    let harness = BrokerHarness(limits: limits(queuesBytesMax: 6 << 20))
    let sender = try sender(harness)
    let all = try (0..<40).map { try harness.module("listener-\($0)") }
    for listener in all { try listener.listen(5, 6) }
    #expect(harness.broker.holdings.blocks * BlockPool.capacity <= 7 << 20)
    let other = try harness.module("other")
    try other.listen(7)
    sender.send(type: 7, payload: [1])
    #expect(other.read().map(\.payload) == [[1]])
    for _ in 0..<10 { harness.advance(milliseconds: 200) }
    for listener in all {
      var frames = readAll(listener)
      harness.advance(milliseconds: 200)
      frames += listener.read()
      let reports = try frames.compactMap { try $0.decode(Lost.self) }
      #expect(reports.allSatisfy { $0.reason == .memoryFull })
      #expect(numbers(frames).count + Int(reports.reduce(0) { $0 + $1.count }) == Self.frameCount)
      #expect(!listener.isWaiting)
    }
  }
}
