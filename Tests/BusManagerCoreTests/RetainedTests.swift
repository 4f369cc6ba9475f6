import BusWire
import Testing

@testable import BusManagerCore

@Suite("Retained values")
struct RetainedTests {
  let harness = BrokerHarness()

  private func send(
    _ sender: BrokerClient, _ value: UInt8, instance: UInt8 = 0, type: UInt16 = 5, retain: Bool = true
  ) {
    let flags: FrameFlags = retain ? .retain : []
    sender.send(type: type, payload: [value], flags: flags.with(.normal), instance: instance)
  }

  private func values(_ client: BrokerClient) -> [UInt8] {
    client.read().filter { $0.header.type == 5 }.compactMap(\.payload.first)
  }

  @Test("a late listener gets the last value first, marked, then live ones")
  func late() throws {
    let sender = try harness.module("sender")
    send(sender, 1)
    send(sender, 2)
    let listener = try harness.module("listener")
    try listener.listen(5)
    send(sender, 3)
    let frames = listener.read()
    #expect(frames.map(\.payload) == [[2], [3]])
    #expect(frames.map { $0.header.flags.contains(.retained) } == [true, false])
    #expect(frames.first?.header.source == sender.source)
  }

  @Test("frames without the mark are not kept, and do not replace one that is")
  func unmarked() throws {
    let sender = try harness.module("sender")
    send(sender, 1)
    send(sender, 2, retain: false)
    let listener = try harness.module("listener")
    try listener.listen(5)
    #expect(values(listener) == [1])
  }

  @Test("a value that has to wait for a full receiver is kept once it is through")
  func waits() throws {
    let sender = try harness.module("sender")
    let full = try harness.module("full")
    try full.listen(5)
    var count: UInt8 = 0
    while !sender.isWaiting {
      sender.send(
        type: 5, payload: [UInt8](repeating: count, count: 60_000), flags: FrameFlags.retain.with(.normal))
      count += 1
    }
    let early = try harness.module("early")
    try early.listen(5)
    #expect(values(early) == [count - 2])
    while sender.isWaiting { _ = full.read(bytesMax: 60_000) }
    let late = try harness.module("late")
    try late.listen(5)
    #expect(values(late) == [count - 1])
  }

  @Test("each sender, type and instance has a value of its own")
  func separate() throws {
    let first = try harness.module("first")
    let second = try harness.module("second")
    send(first, 1)
    send(first, 2, instance: 1)
    send(second, 3)
    send(second, 4, type: 6)
    let listener = try harness.module("listener")
    try listener.listen(5)
    #expect(values(listener) == [1, 2, 3])
    let one = try harness.module("one")
    try one.send(
      Listen(entries: [ListenEntry(type: 5, instance: 1, anyInstance: false, values: true, requests: true)]))
    #expect(values(one) == [2])
  }

  @Test("only entries that are new in a LISTEN bring values")
  func newEntries() throws {
    let sender = try harness.module("sender")
    send(sender, 1)
    let listener = try harness.module("listener")
    try listener.listen(5)
    #expect(values(listener) == [1])
    try listener.listen(5, 6)
    #expect(values(listener).isEmpty)
    try listener.listen(6)
    try listener.listen(5)
    #expect(values(listener) == [1])
  }

  @Test("the values of a sender go with it, and it does not get its own")
  func gone() throws {
    let sender = try harness.module("sender")
    send(sender, 1)
    try sender.listen(5)
    #expect(values(sender).isEmpty)
    sender.close()
    let listener = try harness.module("listener")
    try listener.listen(0)
    #expect(values(listener).isEmpty)
    #expect(harness.broker.retainedBytes == 0)
  }

  @Test("what is kept is bounded; more is logged once and not kept")
  func bounded() throws {
    var limits = ManagerLimits()
    limits.retainedBytesMax = 100
    let harness = BrokerHarness(limits: limits)
    let sender = try harness.module("sender")
    _ = harness.broker.takeEvents()
    for instance in UInt8(0)..<10 { send(sender, instance, instance: instance) }
    #expect(harness.broker.retainedBytes == 100)
    #expect(harness.broker.takeEvents().count == 1)
    send(sender, 99, instance: 0)
    let listener = try harness.module("listener")
    try listener.listen(5)
    #expect(values(listener) == [99, 1, 2, 3])
  }

  @Test("a large value is kept whole")
  func large() throws {
    let sender = try harness.module("sender")
    let payload = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
    sender.send(bytes: BrokerClient.frame(type: 5, payload: payload, flags: FrameFlags.retain.with(.normal)))
    let listener = try harness.module("listener")
    try listener.listen(5)
    #expect(listener.read().first?.payload == payload)
  }
}
