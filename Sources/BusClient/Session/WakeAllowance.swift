/// How often descriptors may end a wait: as often as it takes, but not without a pause for ever.
///
/// A descriptor that is always ready, because nobody reads it, would otherwise keep the processor busy.
struct WakeAllowance {
  /// Wakes in a row without a pause.
  static let wakesMax: UInt64 = 64
  /// After those, one in this time.
  static let refillNanoseconds: UInt64 = 100_000

  /// When all of it is there again.
  private var full: UInt64 = 0

  /// Until when descriptors have to wait; nil if they may wake now.
  func pauseEnd(now: UInt64) -> UInt64? {
    let used = full > now ? full - now : 0
    let most = Self.refillNanoseconds * (Self.wakesMax - 1)
    return used > most ? full - most : nil
  }

  /// A descriptor has ended a wait.
  mutating func use(now: UInt64) {
    full = max(full, now) + Self.refillNanoseconds
  }
}
