import BusWire
import Testing

@testable import ProgramSupport

@Suite("Frames between raw clients of the real manager", .serialized, .ownThread)
struct RoutingTests {
  let manager: Manager

  init() throws { manager = try Manager() }

  @Test("a frame goes to every listener, byte for byte, with the sender's id, and not back")
  func everyone() throws {
    let sender = try RawClient(manager.tcp, "sender", listen: [.type(5000)])
    let receivers = try (0..<3).map {
      try RawClient($0 == 1 ? manager.unix : manager.tcp, "receiver", instance: UInt8($0), listen: [.type(5000)])
    }
    var frame = WireFrame(
      5000, Array(0...255), flags: FrameFlags([.replayed, .bridged]).with(.low), instance: 9, sequence: 77)
    frame.header.source = 0xDEAD_BEEF
    try sender.send(frame)
    frame.header.source = sender.id
    for receiver in receivers { #expect(try receiver.next() == frame) }
    try sender.expectNothing()
  }

  @Test("a listen set replaces the one before")
  func replaces() throws {
    let sender = try RawClient(manager.tcp, "sender")
    let receiver = try RawClient(manager.tcp, "receiver", listen: [.type(1), .type(2)])
    try receiver.listen([.type(2), .type(3)])
    try sender.send(WireFrame(1, number: 1), WireFrame(2, number: 2), WireFrame(3, number: 3))
    #expect(try receiver.next().number == 2)
    #expect(try receiver.next().number == 3)
    try receiver.listen([])
    try sender.send(WireFrame(2, number: 4))
    try sender.barrier()
    try receiver.expectNothing()
  }

  @Test("who listens for all gets every frame of modules and none of the bus")
  func all() throws {
    let receiver = try RawClient(manager.tcp, "receiver", listen: [.type(0)])
    let sender = try RawClient(manager.tcp, "sender", listen: [.moduleStatus])
    for type: UInt16 in [1, 4096, 0xFEFF] {
      try sender.send(WireFrame(type, number: 1))
      #expect(try receiver.next().header.type == type)
    }
    sender.close()
    let next = try RawClient(manager.tcp, "next")
    try next.send(WireFrame(7, number: 2))
    #expect(try receiver.next().header.type == 7)
  }

  @Test("an entry may ask for one instance, for values only or for requests only")
  func entries() throws {
    let sender = try RawClient(manager.tcp, "sender")
    let values = try RawClient(manager.tcp, "values", listen: [.values(5)])
    let requests = try RawClient(manager.tcp, "requests", listen: [.requests(5)])
    let second = try RawClient(manager.tcp, "second", listen: [.instance(2, of: 5)])
    try sender.send(
      WireFrame(5, number: 1), WireFrame(5, number: 2, instance: 2), .request(5), .request(5, instance: 2))
    #expect(try [values.next().number, values.next().number] == [1, 2])
    #expect(try [requests.next().header.instance, requests.next().header.instance] == [0, 2])
    #expect(try second.next().number == 2)
    #expect(try second.next().header.flags.contains(.request))
    try sender.barrier()
    for receiver in [sender, values, requests, second] { try receiver.expectNothing() }
  }

  @Test("a request that nobody but observers and its sender listens for is answered with NO_LISTENER")
  func noListener() throws {
    let requester = try RawClient(manager.tcp, "requester", listen: [.type(5)])
    let observer = try RawClient(manager.tcp, "observer", observer: true, listen: [.values(5)])
    try requester.send(.request(5, instance: 3, sequence: 41), .request(6, sequence: 42))
    #expect(try requester.expect(NoListener.self) == NoListener(type: 5, instance: 3, sequence: 41))
    #expect(try requester.expect(NoListener.self) == NoListener(type: 6, instance: 0, sequence: 42))
    #expect(try observer.next().header.flags.contains(.request))
    let button = try RawClient(manager.tcp, "button", listen: [.requests(5)])
    try requester.send(.request(5, sequence: 43))
    #expect(try button.next().header.sequence == 43)
    try requester.expectNothing()
  }

  @Test("the cut between two writes makes no difference")
  func cuts() throws {
    let receiver = try RawClient(manager.tcp, "receiver", listen: [.type(5), .type(6)])
    for address in [manager.tcp, manager.unix] {
      let sender = try RawClient(address, "sender")
      let bytes = (0..<40).flatMap { WireFrame($0 % 3 == 0 ? 6 : 5, number: $0).bytes }
      try sender.send(bytes)
      for byte in bytes { try sender.send([byte]) }
      for start in stride(from: 0, to: bytes.count, by: 37) {
        try sender.send(Array(bytes[start..<min(start + 37, bytes.count)]))
      }
      for _ in 0..<3 { for number: UInt32 in 0..<40 { #expect(try receiver.next().number == number) } }
      try sender.send(Goodbye(code: .leaving, text: ""))
      try sender.expectGoodbye(.leaving)
    }
  }

  @Test(
    "frames of every size arrive whole, up to 4 MiB",
    arguments: [0, 1, 16_255, 32_744, 32_745, 65_512, 65_513, 300_000, 4 << 20])
  func sizes(_ size: Int) throws {
    let receiver = try RawClient(manager.tcp, "receiver", listen: [.type(5)])
    let local = try RawClient(manager.unix, "local", listen: [.type(5)])
    let sender = try RawClient(manager.tcp, "sender")
    let payload = [UInt8]((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
    for frame in [WireFrame(5, number: 1), WireFrame(5, payload), WireFrame(5, number: 2)] {
      try sender.send(frame)
      for client in [receiver, local] {
        let got = try client.next()
        #expect(got.payload == frame.payload && got.header.source == sender.id)
      }
    }
  }

  @Test("PING is answered after everything before it, in order")
  func barrier() throws {
    let sender = try RawClient(manager.tcp, "sender")
    let receiver = try RawClient(manager.tcp, "receiver", listen: [.type(5)])
    try sender.send((0..<1000).flatMap { WireFrame(5, number: $0).bytes } + WireFrame(Ping(token: 99)).bytes)
    #expect(try sender.expect(Pong.self).token == 99)
    try receiver.send(Ping(token: 1))
    #expect(try receiver.numbers(1000, type: 5) == Array(0..<1000), "what was routed before the PING comes first")
    #expect(try receiver.expect(Pong.self).token == 1)
  }
}
