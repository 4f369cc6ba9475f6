import CandyDispenserProtocol

/// A candy machine in software, with a firmware, mechanics, somebody who takes the candies, and faults on demand.
///
/// A pure state machine: its owner has the line and the clock. It hands in what the host sent, calls `tick` when
/// `deadline` has passed, and after every call takes all outputs. Times are monotonic nanoseconds and never go back.
public struct SimulatedCandyMachine: Sendable {
  /// How long a board needs from its reset to its port being back.
  static let bootNanoseconds: UInt64 = 1_500_000_000
  /// How long the port of a board that resets stays: the computer reads what the chip still sent.
  static let lingerNanoseconds: UInt64 = 100_000_000
  static let strayBytesMax: UInt32 = 1024

  /// What it runs.
  public let firmware: SimulatedFirmware
  var parts: MachineParts
  /// nil while the board is off.
  var board: (any BoardFirmware)?
  /// When the board starts; nil if it runs, or its cable is out.
  var startsAt: UInt64?
  var random: any RandomNumberGenerator & Sendable
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
}

extension SimulatedCandyMachine {
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
}
