/// Whether a module answers. Times are monotonic nanoseconds.
struct Liveness: BitwiseCopyable {
  /// A module that was silent this long is asked.
  static let silenceNanoseconds: UInt64 = 2_000_000_000
  /// A module that does not answer this long hangs.
  static let answerNanoseconds: UInt64 = 5_000_000_000

  private enum State {
    case heard(at: UInt64)
    /// A PING was sent and no PONG has come.
    case asked(at: UInt64, unread: UInt64)
    case hung
  }

  private var state = State.heard(at: 0)

  init() {}

  enum Step: Equatable {
    case nothing
    /// Send a PING.
    case ask
    /// It has just become hung.
    case hang
  }

  var isHung: Bool {
    if case .hung = state { true } else { false }
  }

  /// Bytes came from it.
  @inline(__always)
  mutating func heard(at now: UInt64) {
    if case .heard = state { state = .heard(at: now) }
  }

  /// Looks at the time.
  ///
  /// - Parameter unread: for how long the module was not read in all; that does not count against it.
  mutating func step(at now: UInt64, unread: UInt64) -> Step {
    switch state {
    case .heard(let time) where now >= time + Self.silenceNanoseconds:
      state = .asked(at: now, unread: unread)
      return .ask
    case .asked(let time, let unreadThen) where now >= time + Self.answerNanoseconds + (unread - unreadThen):
      state = .hung
      return .hang
    default: return .nothing
    }
  }

  /// A PONG came.
  ///
  /// - Returns: whether it was hung before.
  mutating func answered(at now: UInt64) -> Bool {
    defer { state = .heard(at: now) }
    return isHung
  }
}
