import EvominBridgeProtocol
import FuzzKit

/// A slave: the first byte says how long its replies are; the others come from its master.
enum EvominSlaveFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    let reply = Array(input.dropFirst().prefix(Int(input.first ?? 0) % 51))
    var slave = EvominSlave()
    for byte in input.dropFirst() {
      let output = slave.next(received: byte)
      guard let frame = slave.takeFrame() else { continue }
      try require(output == 0xFF, "a frame is not acknowledged")
      try require(frame.checksum == byte, "a frame with a wrong checksum")
      try require((try? slave.reply(reply)) != nil, "a reply is refused")
    }
    slave.reset()
    try exchange(slave, reply)
  }

  /// A master in order is answered in order.
  private static func exchange(_ slave: EvominSlave, _ reply: [UInt8]) throws(FuzzFinding) {
    var slave = slave
    var master = EvominMaster(EvominFrame(.sendIDN))
    var loaded: UInt8 = 0
    var received: UInt8?
    while let byte = master.next(received: received) {
      received = loaded
      loaded = slave.next(received: byte)
      if slave.takeFrame() != nil { try? slave.reply(reply) }
    }
    guard case .acknowledged(let answer) = master.outcome else { throw FuzzFinding("an exchange in order fails") }
    try require(Array(answer) == reply, "another reply than the slave's")
  }
}
