import BusSystem
import DeviceIO

/// What ends a wait early besides frames: descriptors, and a time. It remembers which descriptors were ready.
struct Wakes {
  private var interests: [WakeInterest] = []
  private var allowance = WakeAllowance()
  private var ready: [FileDescriptor] = []
  /// When `process()` is called at the latest; nil if that was not set or has come.
  private(set) var time: Duration?

  /// Wakes on a descriptor; a second call for it changes it.
  mutating func add(_ interest: WakeInterest) {
    if let index = interests.firstIndex(where: { $0.descriptor == interest.descriptor }) {
      interests[index] = interest
    } else {
      interests.append(interest)
    }
  }

  mutating func remove(_ descriptor: FileDescriptor) {
    interests.removeAll { $0.descriptor == descriptor }
    ready.removeAll { $0 == descriptor }
  }

  /// Ends all waking, by descriptors and by time.
  mutating func removeAll() {
    interests = []
    ready = []
    time = nil
  }

  /// Sets the time, in place of the one that was set before.
  mutating func wake(at time: Duration?) { self.time = time }

  /// Forgets the time, if it has come.
  ///
  /// - Returns: whether it has.
  mutating func endTime(at now: Duration) -> Bool {
    guard let time, now >= time else { return false }
    self.time = nil
    return true
  }

  /// The descriptors that may end a wait now, and until when the wait goes at most, both in nanoseconds.
  func waiting(until deadline: UInt64, at now: UInt64) -> (interests: [WakeInterest], deadline: UInt64) {
    guard !interests.isEmpty, let pauseEnd = allowance.pauseEnd(now: now) else { return (interests, deadline) }
    return ([], min(deadline, pauseEnd))
  }

  /// These were ready when a wait ended.
  mutating func ended(by descriptors: [FileDescriptor], at now: UInt64) {
    if !descriptors.isEmpty { allowance.use(now: now) }
    for descriptor in descriptors where !ready.contains(descriptor) { ready.append(descriptor) }
  }

  /// Whether any descriptor was ready since `forgetReady()`.
  var isAnyReady: Bool { !ready.isEmpty }

  func isReady(_ descriptor: FileDescriptor) -> Bool { ready.contains(descriptor) }

  mutating func forgetReady() { ready.removeAll(keepingCapacity: true) }
}

/// How often descriptors may end a wait: as often as it takes, but not without a pause for ever.
///
/// A descriptor that is always ready, because nobody reads it, would otherwise keep the processor busy.
struct WakeAllowance {
  /// Wakes in a row without a pause.
  static let wakesMax: UInt64 = 64
  /// After those, one in this time.
  static let refillNanoseconds: UInt64 = 100_000

  /// When all of it is there again.
  private var full: UInt64 = 0

  /// Until when descriptors have to wait; nil if they may wake now.
  func pauseEnd(now: UInt64) -> UInt64? {
    let used = full > now ? full - now : 0
    let most = Self.refillNanoseconds * (Self.wakesMax - 1)
    return used > most ? full - most : nil
  }

  /// A descriptor has ended a wait.
  mutating func use(now: UInt64) {
    full = max(full, now) + Self.refillNanoseconds
  }
}
