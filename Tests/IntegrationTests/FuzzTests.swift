import BusSystem
import BusWire
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("Random bytes", .serialized, .ownThread)
struct FuzzTests {
  let manager: Manager
  let bystanders: Bystanders

  init() throws {
    manager = try Manager()
    bystanders = try Bystanders(manager.tcp)
  }

  /// Something between a good frame and noise.
  private func frame(_ random: inout SeededRandom) throws -> [UInt8] {
    let types: [UInt16] = [0, 1, 5, 0xFEFF] + Array(0xFF00...0xFF10)
    var payload = [UInt8](
      (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...3, using: &random) })
    if Int.random(in: 0..<50, using: &random) == 0 { payload += [UInt8](repeating: 1, count: 70_000) }
    var frame = WireFrame(
      types.randomElement(using: &random)!, payload,
      flags: FrameFlags(rawValue: UInt8.random(in: 0...0x7F, using: &random) & 0b0111_1101))
    frame.header.source = .random(in: 0...(.max), using: &random)
    var bytes = frame.bytes
    if Int.random(in: 0..<8, using: &random) == 0 {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
    }
    return bytes
  }

  @Test("from many clients neither harm the manager nor reach anybody else", arguments: [1, 2, 3, 4] as [UInt64])
  func clients(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let address = seed % 2 == 0 ? manager.tcp : manager.unix
    for round in 0..<250 {
      let client = try RawClient(address, "fuzzer-\(round)", observer: Bool.random(using: &random))
      do {
        for _ in 0..<Int.random(in: 1...30, using: &random) {
          let bytes = try frame(&random)
          let cut = Int.random(in: 0...bytes.count, using: &random)
          try client.send(Array(bytes[..<cut]))
          try client.send(Array(bytes[cut...]))
          _ = try client.nextNow()
        }
      } catch is RawClient.Ended {
        // The manager has had enough of it.
      } catch is SystemError {}
      client.close()
      if round % 50 == 0 { try bystanders.exchange() }
    }
    try bystanders.exchange()
    try manager.expectMemory(below: 64 << 10)
    manager.program.signal(15)
    #expect(try manager.program.exitCode() == 0)
  }

  @Test("before HELLO do no harm either")
  func beforeHello() throws {
    var random = SeededRandom(seed: 99)
    for round in 0..<500 {
      let client = try RawClient(round % 2 == 0 ? manager.tcp : manager.unix)
      let count = Int.random(in: 1...200, using: &random)
      try? client.send((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
      client.close()
    }
    try bystanders.exchange()
  }

  @Test("listen sets that change all the time lose no frame of an entry that stays")
  func changingListenSets() throws {
    let receiver = try RawClient(manager.unix, "receiver", listen: [.type(NumberedBlock.type)])
    let others = try (0..<8).map { try RawClient(manager.unix, "other-\($0)") }
    let sender = try RawClient(manager.tcp, "sender")
    var random = SeededRandom(seed: 5)
    for first in stride(from: 0, to: 6400, by: 64) {
      try sender.send(NumberedBlock.bytes(from: first))
      let entries = (0..<20).map { _ in ListenEntry.type(.random(in: 1...4000, using: &random)) }
      for other in others { try other.send(Listen(entries: entries)) }
      try receiver.send(Listen(entries: entries + [.type(NumberedBlock.type)]))
      for number in first..<first + 64 { #expect(try receiver.next().number == UInt32(number)) }
    }
    try bystanders.exchange()
  }
}
