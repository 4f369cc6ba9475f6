/// When a line that is closed is tried again: at once, then less and less often until it has proven good.
struct SerialRetries {
  private static let firstNanoseconds: UInt64 = 100_000_000
  private static let lastNanoseconds: UInt64 = 2_000_000_000

  /// Monotonic nanoseconds, as the owner of the line has said last.
  var now: UInt64 = 0
  private var next: UInt64 = 0
  private var delay = firstNanoseconds

  /// Whether to try now; if so, the next attempt is planned.
  mutating func isDue() -> Bool {
    guard now >= next else { return false }
    next = now + delay
    delay = min(delay * 2, Self.lastNanoseconds)
    return true
  }

  /// A device that goes as soon as it has come is not tried without a pause.
  mutating func lineIsLost() { next = now + delay }

  /// Bytes arrived.
  mutating func lineIsGood() { delay = Self.firstNanoseconds }
}
