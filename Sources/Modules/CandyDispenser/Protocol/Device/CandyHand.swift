/// The beam in the tray: broken while a hand is there.
struct CandyHand {
  private(set) var isThere = false
  /// Whether a candy fell while the hand was there.
  private var hasCaught = false
  private var leftAt: UInt64?

  /// The beam changed.
  ///
  /// - Returns: whether a hand has just come or has just gone with a candy that fell into it: a candy is taken.
  mutating func change(isBroken: Bool, at now: UInt64, quietNanoseconds: UInt64) -> Bool {
    guard isBroken != isThere else { return false }
    isThere = isBroken
    guard isBroken else {
      defer { hasCaught = false }
      leftAt = now
      return hasCaught
    }
    return leftAt.map { now >= $0 + quietNanoseconds } ?? true
  }

  /// A candy fell.
  mutating func candyFell() { hasCaught = isThere }

  mutating func forgetCandies() { hasCaught = false }
}
