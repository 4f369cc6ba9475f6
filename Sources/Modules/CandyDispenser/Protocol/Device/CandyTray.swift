/// The tray under the motor: the candies in it, and its beam, which is broken while a hand is there.
struct CandyTray {
  private enum Hand {
    /// Since when; nil if none has been there yet.
    case away(since: UInt64?)
    /// Whether a candy fell while it was there.
    case there(hasCaught: Bool)
  }

  /// Candies that fell and that nobody has taken yet.
  private(set) var candyCount = 0
  private var hand = Hand.away(since: nil)

  /// A candy fell.
  mutating func candyFell() {
    candyCount += 1
    if case .there = hand { hand = .there(hasCaught: true) }
  }

  /// The beam changed.
  ///
  /// - Parameter quietNanoseconds: a beam that breaks again within this time is still the same hand.
  /// - Returns: whether a candy is taken: by a hand that has just come, or has just gone with one that fell into it.
  mutating func beamChanged(isBroken: Bool, at now: UInt64, quietNanoseconds: UInt64) -> Bool {
    let isTaking: Bool
    switch (hand, isBroken) {
    case (.away(let since), true):
      hand = .there(hasCaught: false)
      isTaking = since.map { now >= $0 + quietNanoseconds } ?? true
    case (.there(let hasCaught), false):
      hand = .away(since: now)
      isTaking = hasCaught
    case (.away, false), (.there, true): return false
    }
    guard isTaking, candyCount > 0 else { return false }
    candyCount -= 1
    return true
  }

  /// What is in the tray, or in the hand, belongs to nobody any more.
  mutating func forgetCandies() {
    candyCount = 0
    if case .there = hand { hand = .there(hasCaught: false) }
  }
}
