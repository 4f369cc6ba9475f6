import CandyDispenserProtocol

/// A dispenser on a bench: the test is the host and the machine, and sets the clock.
struct DeviceBench {
  var dispenser = CandyDispenser()
  var now: UInt64 = 1_000_000_000
  var actions: [CandyDispenser.Action] = []

  mutating func drain() {
    while let action = dispenser.nextAction() { actions.append(action) }
  }

  mutating func hear(_ bytes: [UInt8]) {
    dispenser.receive(bytes, at: now)
    drain()
  }

  mutating func hear(_ messages: CandyMessage...) {
    for message in messages { hear(message.bytes) }
  }

  mutating func fall() {
    dispenser.candyFell(at: now)
    drain()
  }

  mutating func hand(_ isThere: Bool) {
    dispenser.trayBeam(isBroken: isThere, at: now)
    drain()
  }

  mutating func pass(milliseconds: UInt64) {
    let end = now + milliseconds * 1_000_000
    while let due = dispenser.deadline, due <= end {
      now = max(now, due)
      dispenser.tick(at: now)
      drain()
    }
    now = end
  }

  mutating func pass(seconds: UInt64) { pass(milliseconds: seconds * 1000) }

  var takenCount: Int { actions.count { $0 == .send(.message(.taken)) } }

  /// A dispenser that is connected, with an empty record.
  static func connected() -> DeviceBench {
    var bench = DeviceBench()
    bench.hear(.establish)
    bench.actions = []
    return bench
  }
}
