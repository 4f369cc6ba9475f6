/// How long to wait before the next attempt to connect: longer each time, and not the same for everyone.
struct Backoff {
  static let firstNanoseconds: UInt64 = 50_000_000
  static let lastNanoseconds: UInt64 = 2_000_000_000

  private var delay = firstNanoseconds

  /// The delay before the next attempt, in nanoseconds.
  ///
  /// - Parameter random: a number from 0 to below its argument.
  mutating func next(random: (UInt64) -> UInt64) -> UInt64 {
    defer { delay = min(delay * 2, Self.lastNanoseconds) }
    return delay - delay / 4 + random(delay / 2)
  }

  /// Starts anew after a connection that stood.
  mutating func reset() { delay = Self.firstNanoseconds }
}
