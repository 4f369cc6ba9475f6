import BlenderProtocol
import FuzzKit

/// What a module reads from the Arduino dispenser, and what a guard reads from its module.
@main enum BlenderFuzz: FuzzProgram {
  static let targets = [
    FuzzTarget("dispenser", scan), FuzzTarget("dispenser-host", serve), FuzzTarget("guard", hold),
  ]

  /// However the bytes are cut, the same comes out.
  private static func scan(_ input: [UInt8]) throws(FuzzFinding) {
    let whole = messages([input])
    try require(messages(input.map { [$0] }) == whole, "the same bytes mean something else in pieces")
    try require(whole.count <= input.count / 2, "more messages than there is room for")
  }

  private static func messages(_ pieces: [[UInt8]]) -> [DispenserMessage] {
    var scanner = DispenserScanner()
    return pieces.flatMap { scanner.receive($0, at: .zero) }
  }

  /// Whatever the board says and the line does, an order ends once, and the board is asked for one pump at a time.
  private static func serve(_ input: [UInt8]) throws(FuzzFinding) {
    var dispenser = Dispenser()
    var now = Duration.zero
    var orders = 0
    var ends = 0
    for byte in input {
      switch byte {
      case 0xF0: dispenser.open(at: now)
      case 0xF1: dispenser.close(at: now)
      case 0xF2: _ = dispenser.cancel(at: now)
      case 0xF3...0xF7:
        let order = Pump.allCases.prefix(Int(byte - 0xF2)).map { Dispenser.Share($0, seconds: byte) }
        if (try? dispenser.pour(order, at: now)) != nil {
          orders += 1
        }
      case 0xF8...0xFF: now += .milliseconds(100 << Int(byte - 0xF8))
      default: dispenser.receive([byte], at: now)
      }
      dispenser.tick(at: now)
      var sent = 0
      while let action = dispenser.nextAction() {
        if case .send = action { sent += 1 }
        if case .event(.finished) = action { ends += 1 }
      }
      try require(sent <= 1, "two orders at once")
    }
    for _ in 0..<1000 where ends < orders {
      now += .seconds(10)
      dispenser.tick(at: now)
      while let action = dispenser.nextAction() { if case .event(.finished) = action { ends += 1 } }
    }
    try require(ends == orders, "\(orders) orders ended \(ends) times")
  }

  /// Whatever the module orders, no pump is on without an end, none after the last sign of life.
  private static func hold(_ input: [UInt8]) throws(FuzzFinding) {
    var core = LineGuard(limits: Pump.allCases.map { _ in .seconds(2) }, lines: "")
    var now = Duration.zero
    var lines = PumpSet()
    var onSince = [Duration?](repeating: nil, count: Pump.count)
    func settle() throws(FuzzFinding) {
      while let action = core.nextAction() {
        guard case .set(let pumps) = action else { continue }
        for pump in pumps.symmetricDifference(lines).pumps { onSince[pump.index] = pumps.contains(pump) ? now : nil }
        lines = pumps
      }
      for since in onSince { if let since { try require(now - since < .seconds(2), "a pump is on beyond its limit") } }
      try require(lines.isEmpty == (core.nextDeadline == nil), "pumps are on without an end")
    }
    for start in stride(from: 0, to: input.count, by: 17) {
      now += .milliseconds(input[start])
      core.tick(at: now)
      core.receive(input[start...].dropFirst().prefix(16), at: now)
      try settle()
    }
    now += LineGuard.patience
    core.tick(at: now)
    try settle()
    try require(lines.isEmpty, "pumps are on without a sign of life")
  }
}
