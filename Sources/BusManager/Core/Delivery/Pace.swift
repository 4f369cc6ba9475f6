/// Whether a receiver keeps up with what there is for it. Times are monotonic nanoseconds.
enum Pace: BitwiseCopyable {
  /// Its connection takes all there is, since the last time that it did not.
  case keepingUp(since: UInt64)
  /// Its connection took less than there was.
  case behind
  /// Behind, and it has used up its patience: nobody waits for it, its full queues drop what is oldest.
  case slow
  /// Slow, but its connection takes all there is again.
  case recovering(since: UInt64)

  /// A slow module recovers when nothing has been left waiting for it this long.
  static let recoveryNanoseconds: UInt64 = 1_000_000_000

  @inline(__always)
  var isBehind: Bool {
    switch self {
    case .behind, .slow: true
    case .keepingUp, .recovering: false
    }
  }

  @inline(__always)
  var isSlow: Bool {
    switch self {
    case .slow, .recovering: true
    case .keepingUp, .behind: false
    }
  }

  /// Its connection takes nothing more for now.
  mutating func fallBehind() { self = isSlow ? .slow : .behind }

  /// Its connection has taken everything.
  mutating func catchUp(at now: UInt64) { self = isSlow ? .recovering(since: now) : .keepingUp(since: now) }

  /// Its patience is used up.
  mutating func becomeSlow() {
    switch self {
    case .keepingUp(let time): self = .recovering(since: time)
    case .behind: self = .slow
    case .slow, .recovering: break
    }
  }

  /// It is waited for again.
  mutating func recover() {
    if case .recovering(let time) = self { self = .keepingUp(since: time) }
  }

  /// When it recovers if it keeps up until then; nil if it is not slow, or behind.
  var recovery: UInt64? {
    if case .recovering(let time) = self { time + Self.recoveryNanoseconds } else { nil }
  }
}
