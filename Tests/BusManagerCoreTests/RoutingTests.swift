import BusWire
import Testing

@testable import BusManagerCore

@Suite("Routing")
struct RoutingTests {
  let harness = BrokerHarness()

  @Test("a frame reaches every listener of its type, with the sender's id, and nobody else")
  func fanOut() throws {
    let sender = try harness.module("sender")
    let first = try harness.module("first")
    let second = try harness.module("second")
    let other = try harness.module("other")
    try first.listen(5)
    try second.listen(5, 6)
    try other.listen(6)
    sender.send(type: 5, payload: [1, 2, 3], sequence: 9, timestamp: 5)
    for listener in [first, second] {
      let frames = listener.read()
      #expect(frames.count == 1)
      #expect(frames.first?.payload == [1, 2, 3])
      #expect(frames.first?.header.source == sender.source)
      #expect(frames.first?.header.sequence == 9)
      #expect(frames.first?.header.timestamp == 5)
    }
    #expect(other.read().isEmpty)
    #expect(sender.read().isEmpty)
  }

  @Test("a sender does not get its own frames")
  func notBack() throws {
    let sender = try harness.module("sender")
    try sender.listen(5)
    sender.send(type: 5)
    #expect(sender.read().isEmpty)
  }

  @Test("a listen set replaces the one before")
  func replace() throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try listener.listen(5)
    sender.send(type: 5)
    try listener.listen(6)
    sender.send(type: 5)
    sender.send(type: 6)
    #expect(listener.read().map(\.header.type) == [5, 6])
  }

  @Test("id 0 listens for all frames of modules, not for the bus's own")
  func all() throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try listener.listen(0)
    sender.send(type: 1)
    sender.send(type: 0xFEFF)
    _ = try harness.module("late")
    #expect(listener.read().map(\.header.type) == [1, 0xFEFF])
  }

  @Test("an entry for one instance takes that one only")
  func instance() throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try listener.send(
      Listen(entries: [ListenEntry(type: 5, instance: 2, anyInstance: false, values: true, requests: true)]))
    sender.send(type: 5, instance: 1)
    sender.send(type: 5, instance: 2)
    #expect(listener.read().map(\.header.instance) == [2])
  }

  @Test("values and requests are listened for separately")
  func kinds() throws {
    let sender = try harness.module("sender")
    let values = try harness.module("values")
    let requests = try harness.module("requests")
    try values.listen(5, requests: false)
    try requests.listen(5, values: false)
    sender.send(type: 5, payload: [1])
    sender.send(type: 5, flags: FrameFlags.request.with(.normal))
    #expect(values.read().map(\.payload) == [[1]])
    #expect(requests.read().map { $0.header.flags.contains(.request) } == [true])
  }

  @Test("a request that only its sender and an observer could hear is answered with NO_LISTENER")
  func noListener() throws {
    let sender = try harness.module("sender")
    let observer = try harness.module("tool", observer: true)
    try sender.listen(5)
    try observer.listen(0, requests: false)
    sender.send(type: 5, flags: FrameFlags.request.with(.normal), instance: 3, sequence: 77)
    let answer = try #require(try sender.read().first?.decode(NoListener.self))
    #expect(answer == NoListener(type: 5, instance: 3, sequence: 77))
    #expect(observer.read().count == 1)
  }

  @Test("a request that somebody hears is not answered with NO_LISTENER")
  func heard() throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try listener.listen(5)
    sender.send(type: 5, flags: FrameFlags.request.with(.normal))
    #expect(sender.read().isEmpty)
    #expect(listener.read().count == 1)
  }

  @Test("frames of one priority arrive in order, those of a higher one first")
  func order() throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try listener.listen(0)
    for (index, priority) in [Priority.low, .normal, .high, .normal, .dataStream, .low].enumerated() {
      sender.send(type: 1 + UInt16(index % 2), payload: [UInt8(index)], flags: FrameFlags().with(priority))
    }
    try sender.send(Goodbye(code: .leaving, text: ""))
    #expect(listener.read().map(\.payload) == [[2], [1], [3], [0], [5], [4]])
  }

  @Test("many frames in one read, or one byte at a time, give the same")
  func portions() throws {
    var bytes: [UInt8] = []
    for index in 0..<200 {
      let payload = [UInt8](repeating: UInt8(index), count: index * 3 % 70)
      bytes += BrokerClient.frame(type: UInt16(1 + index % 3), payload: payload, sequence: UInt32(index))
    }
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try listener.listen(1, 3)
    sender.send(bytes: bytes)
    let atOnce = listener.read()
    for byte in bytes { sender.send(bytes: [byte]) }
    let bytewise = listener.read()
    #expect(atOnce.count == 133)
    #expect(atOnce == bytewise)
  }

  @Test("a frame of the largest size goes through in pieces, with the sender's id", arguments: [32 << 10, 4 << 20])
  func large(_ size: Int) throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    let second = try harness.module("second")
    try listener.listen(5)
    try second.listen(5)
    let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 7) }
    sender.send(type: 4)
    sender.send(bytes: BrokerClient.frame(type: 5, payload: payload) + BrokerClient.frame(type: 5, payload: [1]))
    let early = [listener.read(), second.read()]
    for (early, listener) in zip(early, [listener, second]) {
      // What is behind a frame over the queue's limit comes when that is gone.
      let frames = early + listener.read()
      #expect(frames.map(\.payload.count) == [size, 1])
      #expect(frames.first?.payload == payload)
      #expect(frames.first?.header.source == sender.source)
    }
  }

  @Test("a sender that dies in the middle of a frame leaves nothing of it")
  func halfFrame() throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try listener.listen(5)
    sender.send(bytes: BrokerClient.frame(type: 5, payload: [1]))
    sender.send(bytes: Array(BrokerClient.frame(type: 5, payload: [UInt8](repeating: 2, count: 100_000)).dropLast(9)))
    sender.close()
    #expect(listener.read().map(\.payload) == [[1]])
    #expect(harness.broker.holdings.blocks == 0)
  }

  @Test("a listen set accepts what any of its entries asks for, in whatever order they are")
  func listenSets() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let entries = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        ListenEntry(
          type: [0, 1, 2, 3, 0xFEFF, ModuleStatus.frameType.id].randomElement(using: &random)!,
          instance: .random(in: 0...2, using: &random), anyInstance: .random(using: &random),
          values: .random(using: &random), requests: .random(using: &random))
      }
      let set = ListenSet(entries)
      for type in [1, 2, 3, 4, 0xFEFF, ModuleStatus.frameType.id] {
        for instance in UInt8(0)...3 {
          for isRequest in [false, true] {
            let isWanted = entries.contains { entry in
              (entry.type == type || (entry.type == 0 && type < 0xFF00))
                && (entry.anyInstance || entry.instance == instance)
                && (isRequest ? entry.requests : entry.values)
            }
            #expect(set.accepts(type: type, instance: instance, isRequest: isRequest) == isWanted, "\(entries)")
          }
        }
      }
    }
  }
}
