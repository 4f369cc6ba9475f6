import BusWire
import Testing

@testable import BusManagerCore

@Suite("Kept frames")
struct KeptFramesTests {
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
    #expect(harness.broker.holdings.retainedBytes == 0)
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

  // MARK: History

  private func declare(_ sender: BrokerClient, retain: Int, type: UInt16 = 5) throws {
    try sender.send(
      Declare(
        type: type, name: "F\(type)", sends: true, listens: false, fields: "",
        properties: FrameProperties(retain: retain)))
  }

  @Test("as many frames are kept as their sender declares, per instance and in order")
  func depth() throws {
    let sender = try harness.module("sender")
    try declare(sender, retain: 3)
    for value in UInt8(1)...5 { send(sender, value) }
    for value in UInt8(11)...12 { send(sender, value, instance: 1) }
    let listener = try harness.module("listener")
    try listener.listen(5)
    let frames = listener.read()
    #expect(frames.map(\.payload) == [[3], [4], [5], [11], [12]])
    #expect(frames.allSatisfy { $0.header.flags.isSuperset(of: [.retained, .retain]) })
  }

  @Test("frames that come in one run are all kept, as many as there may be")
  func run() throws {
    let sender = try harness.module("sender")
    try declare(sender, retain: 100)
    let bytes = (1...150).flatMap { value in
      BrokerClient.frame(
        type: 5, payload: [UInt8(value)], flags: FrameFlags.retain.with(.normal), timestamp: UInt64(value))
    }
    sender.send(bytes: bytes)
    let listener = try harness.module("listener")
    try listener.listen(5)
    #expect(values(listener) == Array(51...150))
  }

  @Test("one frame is kept of a type that was declared without a history, or whose declaration was withdrawn")
  func noDepth() throws {
    let sender = try harness.module("sender")
    try declare(sender, retain: 0)
    send(sender, 1)
    send(sender, 2)
    try declare(sender, retain: 3)
    send(sender, 3)
    let listener = try harness.module("listener")
    try listener.listen(5)
    #expect(values(listener) == [2, 3])
    try sender.send(
      Declare(type: 5, name: "F5", sends: false, listens: false, fields: "", properties: FrameProperties(retain: 3)))
    send(sender, 4)
    let late = try harness.module("late")
    try late.listen(5)
    #expect(values(late) == [4])
  }

  @Test("frames of all types and priorities come in the order in which they arrived, sender by sender")
  func merged() throws {
    let first = try harness.module("first")
    let second = try harness.module("second")
    for sender in [first, second] { for type in UInt16(5)...7 { try declare(sender, retain: 8, type: type) } }
    var expected: [[UInt8]] = [[], []]
    for value in UInt8(0)..<20 {
      let priority = Priority.allCases[Int(value) % 4]
      let type = 5 + UInt16(value % 3)
      for (index, sender) in [first, second].enumerated() {
        sender.send(type: type, payload: [value], flags: FrameFlags.retain.with(priority), instance: value % 2)
        expected[index].append(value)
      }
    }
    let listener = try harness.module("listener")
    try listener.listen(5, 6, 7)
    let frames = listener.read()
    #expect(frames.map(\.payload.first) == expected.flatMap(\.self))
    #expect(Set(frames.prefix(20).map(\.header.source)) == [first.source])
  }

  @Test("a type that is asked for later brings only its own frames, however they lie between others")
  func between() throws {
    let sender = try harness.module("sender")
    for type in UInt16(5)...6 { try declare(sender, retain: 50, type: type) }
    for value in UInt8(0)..<100 { send(sender, value, type: 5 + UInt16(value % 2)) }
    let listener = try harness.module("listener")
    try listener.listen(6)
    #expect(listener.read().map(\.payload.first) == (0..<100).filter { $0 % 2 == 1 })
    try listener.listen(5, 6)
    #expect(values(listener) == (0..<100).filter { $0 % 2 == 0 })
  }

  @Test("a long history stays exact while its oldest frames are replaced again and again")
  func churn() throws {
    let sender = try harness.module("sender")
    try declare(sender, retain: 1024)
    try declare(sender, retain: 10, type: 6)
    for value in 0..<5000 {
      send(sender, UInt8(truncatingIfNeeded: value))
      if value % 100 == 0 { send(sender, UInt8(value / 100), type: 6) }
    }
    let listener = try harness.module("listener")
    try listener.listen(5)
    #expect(values(listener) == (3976..<5000).map { UInt8(truncatingIfNeeded: $0) })
    try listener.listen(6)
    #expect(listener.read().map(\.payload.first) == (40..<50).map { UInt8($0) })
  }

  // MARK: Sent again

  @Test("a frame that is sent again is passed on with both marks and kept in its place")
  func again() throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try declare(sender, retain: 3)
    try listener.listen(5)
    for value in UInt8(1)...3 {
      sender.send(type: 5, payload: [value], flags: [.retain, .retained], timestamp: UInt64(value))
    }
    send(sender, 4)
    let live = listener.read()
    #expect(live.map(\.payload) == [[1], [2], [3], [4]])
    #expect(live.map { $0.header.flags.contains(.retained) } == [true, true, true, false])
    #expect(live.prefix(3).allSatisfy { $0.header.flags.contains(.retain) })
    let late = try harness.module("late")
    try late.listen(5)
    #expect(values(late) == [2, 3, 4])
  }

  @Test("a frame with the time stamp of one that is kept is the same: it is passed on, and keeps its place")
  func same() throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try declare(sender, retain: 3)
    try declare(sender, retain: 3, type: 6)
    try listener.listen(5)
    for value in UInt8(1)...3 { sender.send(type: 5, payload: [value], flags: .retain, timestamp: UInt64(value)) }
    sender.send(type: 6, payload: [4], flags: .retain, timestamp: 4)
    sender.send(type: 5, payload: [1], flags: [.retain, .retained], timestamp: 1)
    sender.send(type: 5, payload: [3], flags: [.retain, .retained], timestamp: 3)
    sender.send(type: 5, payload: [2], flags: .retain, timestamp: 2)
    #expect(values(listener) == [1, 2, 3, 1, 3, 2])
    let late = try harness.module("late")
    try late.listen(5, 6)
    #expect(late.read().map(\.payload) == [[1], [2], [3], [4]])
  }

  @Test("of a sender whose clock stands still the last value is kept")
  func stoppedClock() throws {
    let sender = try harness.module("sender")
    for value in UInt8(1)...3 { sender.send(type: 5, payload: [value], flags: .retain, timestamp: 0) }
    let listener = try harness.module("listener")
    try listener.listen(5)
    #expect(values(listener) == [3])
  }

  @Test("bit 1 without bit 6 ends its sender, with the reason")
  func alone() throws {
    let sender = try harness.module("sender")
    sender.send(type: 5, flags: .retained)
    #expect(try sender.readGoodbye()?.text.contains("bit 1 without bit 6") == true)
  }
}
