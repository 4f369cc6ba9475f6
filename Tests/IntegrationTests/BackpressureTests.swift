import BusNet
import BusWire
import Foundation
import Testing

@Suite("Receivers that do not read", .serialized)
struct BackpressureTests {
  @Test("a sender is held back, memory stays bounded, and everything arrives in order", arguments: [true, false])
  func held(overTCP: Bool) throws {
    let manager = try Manager()
    let bystanders = try Bystanders(manager.tcp)
    let address = overTCP ? manager.tcp : manager.unix
    let receiver = try RawClient(address, "receiver", listen: [.type(NumberedBlock.type)])
    let sender = try RawClient(address, "sender")
    let before = try manager.program.memoryKiB()
    let (count, rest) = try NumberedBlock.send(by: sender)
    #expect(count * 1024 < 16 << 20, "held back after \(count) KiB")
    try manager.expectMemory(below: 8 << 10, since: before, "one queue of 1 MiB and what lies around it")
    try bystanders.exchange()
    for number in 0..<count { #expect(try receiver.next().number == UInt32(number)) }
    try sender.send(rest)
    try sender.barrier()
    if !rest.isEmpty { #expect(try receiver.next().number == UInt32(count)) }
    try bystanders.exchange()
  }

  @Test("the sender goes on when the receiver is gone", arguments: ["killed", "goodbye", "malformed"])
  func goesOn(_ end: String) throws {
    let manager = try Manager()
    let bystanders = try Bystanders(manager.tcp)
    let receiver = try RawClient(manager.tcp, "receiver", listen: [.type(NumberedBlock.type)])
    let other = try RawClient(manager.tcp, "other", listen: [.values(5001)])
    let sender = try RawClient(manager.tcp, "sender")
    let (_, rest) = try NumberedBlock.send(by: sender)
    switch end {
    case "killed": receiver.close()
    case "goodbye": try receiver.send(Goodbye(code: .leaving, text: ""))
    default: try receiver.send(WireFrame(0))
    }
    let start = Clock.monotonic
    try sender.send(rest + WireFrame(5001, number: 9).bytes)
    #expect(try other.next().number == 9)
    #expect(Clock.monotonic - start < 800_000_000, "it does not wait for the time that the receiver has to leave")
    try bystanders.exchange()
  }

  @Test("two that flood each other and read are not locked")
  func mutual() throws {
    let manager = try Manager()
    let clients = try [5000, 5001].map { try RawClient(manager.tcp, "peer-\($0)", listen: [.values($0)]) }
    let count = 4000
    var sent = [0, 0]
    var pending: [[UInt8]] = [[], []]
    var arrived: [UInt32] = [0, 0]
    let deadline = Deadline.next
    while arrived.contains(where: { $0 < count }) {
      try #require(Clock.monotonic < deadline)
      for index in 0..<2 {
        if pending[index].isEmpty, sent[index] < count {
          let payload = WireFrame(0, number: UInt32(sent[index])).payload + [UInt8](repeating: 0, count: 2000)
          pending[index] = WireFrame(index == 0 ? 5001 : 5000, payload).bytes
          sent[index] += 1
        }
        pending[index].removeFirst(try clients[index].sendSome(pending[index][...]))
        while let frame = try clients[index].nextNow() {
          #expect(frame.number == arrived[index])
          arrived[index] += 1
        }
      }
    }
  }

  @Test("senders that wait for one receiver are served in turn, large frames too")
  func fairness() throws {
    let manager = try Manager()
    let receiver = try RawClient(manager.unix, "receiver", listen: [.type(NumberedBlock.type)])
    let sizes = [2 << 20, 2 << 20, 1000, 1000]
    let senders = try sizes.indices.map { try RawClient(manager.unix, "sender", instance: UInt8($0)) }
    let frames = sizes.map { WireFrame(NumberedBlock.type, [UInt8](repeating: 0, count: $0)).bytes }
    var offsets = [0, 0, 0, 0]
    var arrived: [UInt32: Int] = [:]
    let deadline = Deadline.next
    while senders.contains(where: { arrived[$0.id, default: 0] < 8 }) {
      try #require(Clock.monotonic < deadline, "\(arrived)")
      for (index, sender) in senders.enumerated() {
        offsets[index] =
          (offsets[index] + (try sender.sendSome(frames[index][offsets[index]...]))) % frames[index].count
      }
      if let frame = try receiver.nextNow() { arrived[frame.header.source, default: 0] += 1 }
    }
  }
}
