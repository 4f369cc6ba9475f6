import CandyDispenserProtocol
import FuzzKit

/// What a candy dispenser says to its host. The first byte says whether the host is connected at first; then each step
/// is a byte and what it needs.
enum CandyHostFuzz {
  static func run(_ input: [UInt8]) throws(FuzzFinding) {
    var input = FuzzInput(input)
    var fuzz = FuzzCandyHost()
    if input.byte() & 1 == 0 { try fuzz.connect() }
    while !input.isAtEnd { try step(&input, &fuzz) }
    try fuzz.end()
  }

  private static func step(_ input: inout FuzzInput, _ fuzz: inout FuzzCandyHost) throws(FuzzFinding) {
    switch input.byte() {
    case 0: try fuzz.pass(milliseconds: UInt64(input.byte()) * 10)
    case 1: try fuzz.pass(milliseconds: UInt64(input.byte()) * 1000)
    case 2: try fuzz.dispense(request: UInt32(input.byte()), count: UInt16(input.byte()))
    case 3: try fuzz.command { (host, now) throws(CandyRefusal) in try host.reset(at: now) }
    case 4: try fuzz.command { (host, now) throws(CandyRefusal) in try host.disconnect(at: now) }
    case 5: try fuzz.command { (host, now) throws(CandyRefusal) in try host.connect(at: now) }
    case 6: try fuzz.close()
    case 7: try fuzz.open()
    case 8:
      let all = CandyMessage.allCases
      try fuzz.hear(all[Int(input.byte()) % all.count].bytes)
    case 9: try fuzz.hear(CandyPacket.probe.bytes)
    case let length: try fuzz.hear(Array(input.bytes(Int(length))))
    }
  }
}
