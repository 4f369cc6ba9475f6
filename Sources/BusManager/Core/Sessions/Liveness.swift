/// Whether a module answers. Times are monotonic nanoseconds.
struct Liveness: BitwiseCopyable {
  /// A module that was silent this long is asked.
  static let silenceNanoseconds: UInt64 = 2_000_000_000
  /// A module that does not answer this long hangs.
  static let answerNanoseconds: UInt64 = 5_000_000_000

  private(set) var isHung = false
  private var heardAt: UInt64 = 0
  /// When the question without an answer was sent; 0 if there is none.
  private var askedAt: UInt64 = 0

  init() {}

  enum Step: Equatable {
    case nothing
    /// Send a PING.
    case ask
    /// It has just become hung.
    case hang
  }

  /// Bytes came from it.
  @inline(__always)
  mutating func heard(at now: UInt64) { heardAt = now }

  /// Looks at the time.
  mutating func step(at now: UInt64) -> Step {
    if askedAt > 0 {
      guard !isHung, now >= askedAt + Self.answerNanoseconds else { return .nothing }
      isHung = true
      return .hang
    }
    guard now >= heardAt + Self.silenceNanoseconds else { return .nothing }
    askedAt = now
    return .ask
  }

  /// A PONG came.
  ///
  /// - Returns: whether it was hung before.
  mutating func answered(at now: UInt64) -> Bool {
    heardAt = now
    askedAt = 0
    defer { isHung = false }
    return isHung
  }

  /// The time for which the module was not read does not count against it.
  mutating func excuse(_ nanoseconds: UInt64) {
    if askedAt > 0 { askedAt += nanoseconds }
  }
}
