/// How long receivers may hold their senders back: a store of time that is used up while somebody waits, and fills again
/// slowly. Times are monotonic nanoseconds.
struct Patience: BitwiseCopyable {
  /// A full store: 100 ms.
  static let nanosecondsMax: UInt64 = 100_000_000
  /// 10 ms come back per second.
  private static let refillDivisor: UInt64 = 100

  private var left = nanosecondsMax
  private var countedAt: UInt64 = 0
  /// Receivers that use it up now; any number at a time counts once.
  private var userCount = 0

  init() {}

  /// Somebody begins to wait for a receiver.
  mutating func begin(at now: UInt64) {
    if userCount == 0 {
      left = min(Self.nanosecondsMax, left + (now &- countedAt) / Self.refillDivisor)
      countedAt = now
    }
    userCount += 1
  }

  /// Nobody waits for that receiver any more.
  mutating func end(at now: UInt64) {
    userCount -= 1
    guard userCount == 0 else { return }
    left -= min(left, now &- countedAt)
    countedAt = now
  }

  /// When the store is empty if nobody stops waiting; nil if nobody waits.
  var deadline: UInt64? { userCount > 0 ? countedAt &+ left : nil }
}
