import BusWire
import Testing

@testable import ProgramSupport

@Suite("What many bad clients together can make the manager hold", .serialized, .ownThread)
struct MemoryTests {
  @Test("who floods PINGs and reads no PONG is held back itself; nobody else is")
  func pings() throws {
    let manager = try Manager()
    let bystanders = try Bystanders(manager.tcp)
    let before = try manager.program.memoryKiB()
    let flooders = try (0..<8).map { try RawClient(manager.tcp, "flooder", instance: UInt8($0)) }
    let pings = try (0..<512).flatMap { try WireFrame(Ping(token: $0)).bytes }
    let floods = try flooders.map { try $0.flood(pings, limit: 32 << 20) }
    #expect(floods.allSatisfy { $0 < 16 << 20 })
    try manager.expectMemory(below: 24 << 10, since: before)
    try bystanders.exchange()
    for token: UInt64 in 0..<512 { #expect(try flooders[0].expect(Pong.self).token == token) }
  }

  @Test("an observer that does not read holds nobody back, however many there are")
  func observers() throws {
    let manager = try Manager(["--max-memory", "8388608"])
    let bystanders = try Bystanders(manager.tcp)
    let observers = try (0..<12).map {
      try RawClient(manager.tcp, "observer", instance: UInt8($0), observer: true, listen: [.type(0)])
    }
    let receiver = try RawClient(manager.tcp, "receiver", listen: [.type(NumberedBlock.type)])
    let sender = try RawClient(manager.tcp, "sender")
    for first in stride(from: 0, to: 16384, by: 64) {
      try sender.send(NumberedBlock.bytes(from: first))
      for number in first..<first + 64 { #expect(try receiver.next().number == UInt32(number)) }
    }
    try bystanders.exchange()
    try manager.program.waitForLog("event=misses_frames", "module=observer")
    #expect(try observers[3].next().number == 0, "what it did not miss it can still read")
    try manager.expectMemory(below: 40 << 10)
  }

  @Test("memory that is used up by receivers who do not read stops those who send to them, and nobody else")
  func usedUp() throws {
    let manager = try Manager(["--max-memory", "4194304"])
    let bystanders = try Bystanders(manager.tcp)
    let pairs = try (1...8).map { type in
      let receiver = try RawClient(manager.unix, "receiver-\(type)", listen: [.type(UInt16(type))])
      return (receiver, sender: try RawClient(manager.unix, "sender-\(type)"), type: UInt16(type))
    }
    for pair in pairs {
      _ = try pair.sender.flood(WireFrame(pair.type, [UInt8](repeating: 0, count: 1000)).bytes, limit: 8 << 20)
    }
    for _ in 0..<20 { try bystanders.exchange() }
    try manager.expectMemory(below: 32 << 10)
  }

  @Test("many that announce large frames and do not finish them cannot use up the memory")
  func unfinishedFrames() throws {
    let manager = try Manager()
    let bystanders = try Bystanders(manager.tcp)
    let before = try manager.program.memoryKiB()
    let large = WireFrame(NumberedBlock.type, [UInt8](repeating: 7, count: 4 << 20)).bytes.dropLast()
    let clients = try (0..<40).map { try RawClient(manager.unix, "client", instance: UInt8($0)) }
    for client in clients { try client.send(Array(large[..<40_000])) }
    try bystanders.exchange()
    for client in clients { _ = try? client.flood(Array(large[40_000...]), limit: large.count - 40_000) }
    try manager.expectMemory(below: 80 << 10, since: before, "the limit is 64 MiB")
    try bystanders.exchange()
  }

  @Test("a receiver whose waiting frames were all dropped is told so although no more come")
  func allDropped() throws {
    let manager = try Manager(["--max-memory", "1048576", "--socket-buffer", "4096"])
    let observer = try RawClient(manager.unix, "observer", observer: true, listen: [.type(5)])
    let sender = try RawClient(manager.unix, "sender")
    let frame = WireFrame(5, [UInt8](repeating: 0, count: 1000)).bytes
    for _ in 0..<900 { try sender.send(frame) }
    try sender.barrier()
    let receiver = try RawClient(manager.unix, "receiver", listen: [.type(6)])
    try sender.send(WireFrame(6, [UInt8](repeating: 0, count: 900_000)).bytes)
    try sender.barrier()
    try receiver.barrier()
    try Deadline.wait(for: "LOST") {
      _ = try observer.nextNow()
      return observer.lost > 0
    }
  }

  @Test("schemas are not gathered without end for clients that do not read them", arguments: [true, false])
  func schemas(areObservers: Bool) throws {
    let manager = try Manager(["--max-memory", "16777216"])
    let bystanders = try Bystanders(manager.tcp)
    let declarer = try RawClient(manager.tcp, "declarer")
    let fields = "a int8 - 1\t" + String(repeating: "x", count: 60_000) + "\n"
    let fingerprint = FieldList.fingerprint(fields)
    for type: UInt16 in 1...60 {
      try declarer.send(
        Declare(type: type, name: "T", sends: true, listens: false, fields: fields, fingerprint: fingerprint))
    }
    try declarer.barrier()
    let request = WireFrame(Schema.frameType.id, flags: FrameFlags.request.with(.high))
    let clients = try (0..<40).map {
      try RawClient(manager.unix, "client", instance: UInt8($0), observer: areObservers)
    }
    for client in clients { _ = try? client.sendSome(request.bytes[...]) }
    try bystanders.exchange()
    try manager.expectMemory(below: 60 << 10)
    for _ in 0..<60 { #expect(try clients[0].expect(Schema.self).fields == fields) }
  }
}
