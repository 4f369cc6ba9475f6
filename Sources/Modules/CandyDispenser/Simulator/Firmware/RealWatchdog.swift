/// The watchdog of the firmware: counts its ticks until somebody feeds it.
struct RealWatchdog {
  private static let ticksMax = 16

  let periodNanoseconds: UInt64
  private var ticks = 0
  /// When the next tick is due; nil before the start and after the end.
  private(set) var deadline: UInt64?

  init(periodNanoseconds: UInt64) {
    self.periodNanoseconds = periodNanoseconds
  }

  /// The first tick comes at once.
  mutating func start(at now: UInt64) { deadline = now }

  mutating func feed() { ticks = 0 }

  /// - Returns: whether the time is over.
  mutating func tick(isMessageWaiting: Bool, at now: UInt64) -> Bool {
    guard let due = deadline, now >= due else { return false }
    deadline = now + periodNanoseconds
    if !isMessageWaiting { ticks += 1 }
    guard ticks == Self.ticksMax else { return false }
    deadline = nil
    return true
  }
}
