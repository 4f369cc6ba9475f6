/// How long a receiver may hold its senders back: a store of time that is used up while somebody waits for it, and
/// fills again slowly. Times are monotonic nanoseconds.
struct Patience: BitwiseCopyable {
  /// A full store: 100 ms.
  static let nanosecondsMax: UInt64 = 100_000_000
  /// 10 ms come back per second.
  private static let refillDivisor: UInt64 = 100

  private var left = nanosecondsMax
  private var countedAt: UInt64 = 0
  private(set) var isHolding = false
  /// Nanoseconds that senders were held back in all; any number of them at a time counts once.
  private(set) var held: UInt64 = 0

  init() {}

  /// Somebody begins to wait.
  mutating func begin(at now: UInt64) {
    guard !isHolding else { return }
    left = min(Self.nanosecondsMax, left + (now &- countedAt) / Self.refillDivisor)
    countedAt = now
    isHolding = true
  }

  /// Nobody waits any more.
  mutating func end(at now: UInt64) {
    guard isHolding else { return }
    let used = now &- countedAt
    left -= min(left, used)
    held += used
    countedAt = now
    isHolding = false
  }

  /// When the store is empty if nobody stops waiting; nil if nobody waits.
  var deadline: UInt64? { isHolding ? countedAt &+ left : nil }
}
