extension SimulatedCandyMachine {
  /// Lets something happen.
  public mutating func apply(_ command: SimulationCommand, at now: UInt64) {
    tick(at: now)
    switch command {
    case .take(let milliseconds): parts.mechanics.take(nanoseconds: nanoseconds(milliseconds), at: now)
    case .shortHand: parts.mechanics.take(nanoseconds: nanoseconds(100), at: now)
    case .takeAlways(let after):
      parts.mechanics.takeAlways(after: after > 0 ? nanoseconds(after) : nil, at: now)
    case .jam: parts.mechanics.setJam(true, at: now)
    case .freeJam: parts.mechanics.setJam(false, at: now)
    case .empty: parts.mechanics.setSupply(0, at: now)
    case .refill(let count): parts.mechanics.setSupply(parts.mechanics.supply + Int(count), at: now)
    case .lateAnswers(let milliseconds): parts.line.delayNanoseconds = nanoseconds(milliseconds)
    case .strayBytesToHost(let count): parts.line.send(noise(count), at: now)
    case .strayBytesToMachine(let count):
      let bytes = noise(count)
      board?.receive(bytes, &parts, at: now)
    case .silence(let seconds): parts.line.silentUntil = now + nanoseconds(seconds) * 1000
    case .resetBoard: if board != nil { reset(at: now) }
    case .unplug(let seconds): unplug(until: seconds > 0 ? now + nanoseconds(seconds) * 1000 : nil, at: now)
    case .plug: if board == nil, startsAt == nil { startsAt = now }
    }
    tick(at: now)
  }

  private func nanoseconds(_ milliseconds: UInt32) -> UInt64 { UInt64(milliseconds) * 1_000_000 }

  private mutating func noise(_ count: UInt32) -> [UInt8] {
    (0..<min(count, Self.strayBytesMax)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }

  mutating func start(at now: UInt64) {
    startsAt = nil
    board =
      switch firmware {
      case .robust: RobustFirmware()
      case .real: RealFirmware(isMarch2024: false, at: now)
      case .march2024: RealFirmware(isMarch2024: true, at: now)
      }
  }

  /// The board starts anew; its port vanishes and comes back.
  mutating func reset(at now: UInt64) {
    // Whether the last message leaves the chip before is a race.
    let saysGoodbye = parts.wantsReset && Bool.random(using: &random)
    stop(at: now, lastMessages: saysGoodbye ? 1 : 0, vanishesAt: now + Self.lingerNanoseconds)
    startsAt = now + Self.bootNanoseconds
  }

  private mutating func unplug(until: UInt64?, at now: UInt64) {
    stop(at: now, lastMessages: 0, vanishesAt: now)
    startsAt = until
  }

  private mutating func stop(at now: UInt64, lastMessages: Int, vanishesAt: UInt64) {
    parts.wantsReset = false
    parts.mechanics.stopMotor(at: now)
    if board != nil { parts.line.unplug(at: vanishesAt, arrivingFirst: lastMessages, at: now) }
    board = nil
  }
}
