/// How a dispenser is brought to answer, whatever state its firmware was left in.
///
/// The firmware first reads in groups of 12, waiting for the probe, then in groups of 3, and never aligns itself anew.
/// So every step but the padding sends a multiple of 12 bytes, and each padding moves both kinds of groups by one:
/// the probe; `~ES` four times, for one that had already seen a probe; `~FL` four times, which resets one that is still
/// connected to an earlier host; then the same again with padding, up to 11 times.
struct CandySearch {
  enum Step: Equatable {
    case probing
    /// How many `~ES` were sent.
    case establishing(Int)
    /// How many `~FL` were sent.
    case disconnecting(Int)
    /// The board has said goodbye; its port should vanish.
    case rebooting
  }

  /// Four messages are 12 bytes.
  private static let repeats = 4
  private static let paddingsMax = 11
  /// With this many paddings every alignment of groups of 3 has been tried.
  private static let paddingsOfThree = 2
  private static let probeMilliseconds: UInt32 = 2500
  /// A firmware that waits for the probe answers at once.
  private static let sweepMilliseconds: UInt32 = 1000
  private static let establishMilliseconds: UInt32 = 1000
  /// The firmware handles one group per 0.5 s while it waits for `~ES`.
  private static let disconnectMilliseconds: UInt32 = 500
  private static let rebootMilliseconds: UInt32 = 2000

  private(set) var step = Step.probing
  private(set) var deadline: UInt64
  /// Whether the probe was answered.
  private(set) var isProbed = false
  private var paddings = 0

  /// Begins with the probe, which the caller sends.
  init(at now: UInt64) {
    deadline = now + CandyTime.milliseconds(Self.probeMilliseconds)
  }

  /// The probe was answered.
  ///
  /// - Returns: what to send.
  mutating func probed(at now: UInt64) -> [CandyPacket] {
    guard step == .probing || isEstablishing else { return [] }
    isProbed = true
    return step == .probing ? establish(1, now) : []
  }

  /// Whether an `@es` now is an answer to this search.
  var isEstablishing: Bool {
    if case .establishing = step { true } else { false }
  }

  /// The board said `@fl`.
  mutating func saidGoodbye(at now: UInt64) {
    guard case .disconnecting = step else { return }
    step = .rebooting
    deadline = now + CandyTime.milliseconds(Self.rebootMilliseconds)
  }

  /// Goes on when the deadline has passed.
  ///
  /// - Returns: what to send; nil if everything was tried.
  mutating func expire(at now: UInt64) -> [CandyPacket]? {
    switch step {
    case .probing where paddings > Self.paddingsOfThree: return pad(now)
    case .probing: return establish(1, now)
    case .establishing(let count) where count < Self.repeats: return establish(count + 1, now)
    case .establishing: return disconnect(1, now)
    case .disconnecting(let count) where count < Self.repeats: return disconnect(count + 1, now)
    case .disconnecting: return pad(now)
    case .rebooting:
      self = CandySearch(at: now)
      return [.probe]
    }
  }

  private mutating func establish(_ count: Int, _ now: UInt64) -> [CandyPacket] {
    step = .establishing(count)
    deadline = now + CandyTime.milliseconds(Self.establishMilliseconds)
    return [.message(.establish)]
  }

  private mutating func disconnect(_ count: Int, _ now: UInt64) -> [CandyPacket] {
    step = .disconnecting(count)
    deadline = now + CandyTime.milliseconds(Self.disconnectMilliseconds)
    return [.message(.disconnect)]
  }

  private mutating func pad(_ now: UInt64) -> [CandyPacket]? {
    guard paddings < Self.paddingsMax else { return nil }
    paddings += 1
    step = .probing
    isProbed = false
    let wait = paddings <= Self.paddingsOfThree ? Self.probeMilliseconds : Self.sweepMilliseconds
    deadline = now + CandyTime.milliseconds(wait)
    return [.padding, .probe]
  }
}
