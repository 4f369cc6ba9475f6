/// Whether a receiver keeps up with what there is for it. Times are monotonic nanoseconds.
struct Pace: BitwiseCopyable {
  /// Whether others wait for it.
  private enum Standing {
    case awaited
    /// It has used up its patience: nobody waits for it, its full queues drop what is oldest.
    case slow
    /// Slow, but nothing waits for it any more of what it would be waited for.
    case recovering(since: UInt64)
  }

  /// A slow module recovers when nothing that it is waited for has been left for it this long.
  static let recoveryNanoseconds: UInt64 = 1_000_000_000

  /// Its connection took less than there was.
  private(set) var isBehind = false
  private var standing = Standing.awaited

  @inline(__always)
  var isSlow: Bool {
    switch standing {
    case .slow, .recovering: true
    case .awaited: false
    }
  }

  /// Its connection takes nothing more for now.
  mutating func fallBehind() { isBehind = true }

  /// Its connection has taken everything.
  mutating func catchUp() { isBehind = false }

  /// Its patience is used up.
  mutating func becomeSlow() { if !isSlow { standing = .slow } }

  /// Looks at what waits for it.
  ///
  /// - Parameter isFull: whether something is left of what it would be waited for.
  mutating func look(isFull: Bool, at now: UInt64) {
    switch standing {
    case .slow where !isFull: standing = .recovering(since: now)
    case .recovering where isFull: standing = .slow
    case .awaited, .slow, .recovering: break
    }
  }

  /// It is waited for again.
  mutating func recover() { if recovery != nil { standing = .awaited } }

  /// When it recovers if it keeps up until then; nil if it is not slow, or does not keep up.
  var recovery: UInt64? {
    if case .recovering(let time) = standing { time + Self.recoveryNanoseconds } else { nil }
  }
}
