import CandyDispenserProtocol

/// A candy machine in software, with a firmware, mechanics, somebody who takes the candies, and faults on demand.
///
/// A pure state machine: its owner has the line and the clock. It hands in what the host sent, calls `tick` when
/// `deadline` has passed, and after every call takes all outputs. Times are monotonic nanoseconds and never go back.
public struct SimulatedCandyMachine: Sendable {
  /// How long a board needs from its reset to its port being back.
  private static let bootNanoseconds: UInt64 = 1_500_000_000
  /// How long the port of a board that resets stays: the computer reads what the chip still sent.
  private static let lingerNanoseconds: UInt64 = 100_000_000
  private static let strayBytesMax: UInt32 = 1024

  /// What it runs.
  public let firmware: SimulatedFirmware
  private var parts: MachineParts
  /// nil while the board is off.
  private var board: (any BoardFirmware)?
  /// When the board starts; nil if it runs, or its cable is out.
  private var startsAt: UInt64?
  private var random: any RandomNumberGenerator & Sendable
  private var time: UInt64

  /// - Parameters:
  ///   - candies: how many there are at first.
  ///   - random: for noise, and for what the firmware leaves to chance.
  public init(
    firmware: SimulatedFirmware, candies: Int = 100, random: some RandomNumberGenerator & Sendable, at now: UInt64
  ) {
    self.firmware = firmware
    self.random = random
    time = now
    parts = MachineParts(mechanics: CandyMechanics(supply: candies))
    start(at: now)
  }

  /// The host sent bytes.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    tick(at: now)
    board?.receive(Array(bytes), &parts, at: now)
    tick(at: now)
  }

  /// When `tick` is due, or an output is there; nil if nothing happens by itself.
  public var deadline: UInt64? {
    [eventDeadline, parts.line.deadline].compactMap { $0 }.min()
  }

  /// Lets everything happen that is due, each at its own time.
  public mutating func tick(at now: UInt64) {
    while let due = eventDeadline, due <= now {
      // What was due while the firmware was busy happens after it.
      time = max(time, due)
      step(at: time)
    }
    time = max(time, now)
  }

  /// The next thing that the outside sees, in order; nil if there is none by now.
  public mutating func nextOutput(at now: UInt64) -> SimulationOutput? {
    tick(at: now)
    return parts.line.next(at: now)
  }

  private var eventDeadline: UInt64? {
    [startsAt, board?.deadline, parts.mechanics.deadline].compactMap { $0 }.min()
  }

  private mutating func step(at now: UInt64) {
    if let startsAt, now >= startsAt {
      start(at: now)
      parts.line.plug(at: now)
    }
    while let event = parts.mechanics.step(at: now) { board?.happened(event, &parts, at: now) }
    if let due = board?.deadline, now >= due { board?.step(&parts, at: now) }
    if parts.wantsReset { reset(at: now) }
  }

  // MARK: How it stands

  /// Whether the port is there.
  public var isPlugged: Bool { board != nil }
  /// Whether the motor turns.
  public var isTurning: Bool { parts.mechanics.isTurning }
  /// Whether the motor turns in vain.
  public var isJammed: Bool { parts.mechanics.isJammed }
  /// Candies that can still be dispensed.
  public var candiesLeft: Int { parts.mechanics.supply }
  /// Candies that fell, in all.
  public var candiesFallen: Int { parts.mechanics.fallenCount }
  /// Candies that somebody took, in all.
  public var candiesTaken: Int { parts.mechanics.takenCount }
  /// Bytes in either direction for which there was no room, because nobody read them.
  public var lostBytes: Int { parts.line.lostBytes + parts.lostInputBytes }

  // MARK: What happens to it

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

  private mutating func start(at now: UInt64) {
    startsAt = nil
    board =
      switch firmware {
      case .robust: RobustFirmware()
      case .real: RealFirmware(isMarch2024: false, at: now)
      case .march2024: RealFirmware(isMarch2024: true, at: now)
      }
  }

  /// The board starts anew; its port vanishes and comes back.
  private mutating func reset(at now: UInt64) {
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
