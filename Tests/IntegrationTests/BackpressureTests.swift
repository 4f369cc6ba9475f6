import BusSystem
import BusWire
import Foundation
import Testing

@testable import ProgramSupport

@Suite("Receivers that do not read", .serialized, .ownThread)
struct BackpressureTests {
  @Test("memory stays bounded, and every frame arrives in order or is counted as lost", arguments: [true, false])
  func held(overTCP: Bool) throws {
    let manager = try Manager()
    let bystanders = try Bystanders(manager.tcp)
    let address = overTCP ? manager.tcp : manager.unix
    let receiver = try RawClient(address, "receiver", listen: [.type(NumberedBlock.type)])
    let sender = try RawClient(address, "sender")
    let before = try manager.program.memoryKiB()
    let (count, _) = try NumberedBlock.send(by: sender, limit: 32 << 20)
    #expect(count == 32 << 10, "a receiver that does not read holds nobody back for long")
    try sender.barrier()
    try manager.program.waitForLog("event=slow", "module=receiver")
    try manager.expectMemory(below: 8 << 10, since: before, "one queue of 1 MiB and what lies around it")
    try bystanders.exchange()
    var numbers: [UInt32] = []
    while numbers.count + Int(receiver.lost) < count || numbers.last != UInt32(count - 1) {
      numbers.append(try receiver.next().number)
    }
    #expect(numbers.count + Int(receiver.lost) == count)
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
    #expect(numbers.count > 1000 && receiver.lost > 1000)
    try manager.program.waitForLog("event=lost_frames", "module=receiver", "total=\(receiver.lost)")
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
    try sender.send(rest + WireFrame(5001, number: 9).bytes)
    #expect(try other.next().number == 9)
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
