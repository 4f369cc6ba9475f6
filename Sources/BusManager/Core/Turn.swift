/// A turn of the host: what time it is, when something is due next, and what happened that belongs into the log.
///
/// Whoever has a deadline says so here, and `nextDeadline` is where they come out. Times are monotonic nanoseconds.
struct Turn {
  /// Now, as the host said last.
  private(set) var now: UInt64 = 0
  /// Now for time stamps, nanoseconds since the Unix epoch.
  private(set) var wallTime: UInt64 = 0
  /// The first time that the host set.
  private var startedAt: UInt64?
  /// Nobody's deadline is before it.
  private var earliestDeadline = UInt64.max
  private var events: [BrokerEvent] = []
  /// About how many nanoseconds frames of the bus's own have cost in this turn.
  private var spent = 0
  /// The same when the turn came to the session that is looked after now.
  private var spentBefore = 0
  /// Whether one that was left from a turn before has had its part of this one.
  private var hasResumed = false

  /// Sets the time for what follows.
  @inline(__always)
  mutating func begin(monotonic: UInt64, wall: UInt64) {
    if startedAt == nil { startedAt = monotonic }
    now = monotonic
    wallTime = wall
    spent = 0
    spentBefore = 0
    hasResumed = false
  }

  /// For how long the manager has run, in nanoseconds.
  var uptime: UInt64 { now &- (startedAt ?? now) }

  // MARK: Work

  /// What may be spent in a turn before the sockets are looked at again: 1.5 ms on a computer, a few on a Pi.
  private static let spentMax = 1_500_000
  /// What one session may spend of that at a time, so that many get their part.
  private static let spentBySessionMax = 150_000

  /// Counts work on the bus's own frames.
  ///
  /// - Parameter nanoseconds: about how long it takes.
  mutating func spend(_ nanoseconds: Int) { spent += nanoseconds }

  /// The turn comes to another session.
  mutating func beginSession() { spentBefore = spent }

  /// Whether what is left to do for a session has to wait.
  var isSpent: Bool { spent >= Self.spentMax || spent - spentBefore >= Self.spentBySessionMax }

  /// Whether there is time for one that was left from a turn before; there is for one of them at least.
  mutating func takesPostponed() -> Bool {
    if hasResumed, spent >= Self.spentMax { return false }
    hasResumed = true
    return true
  }

  // MARK: Deadlines

  /// The earliest that somebody waits for; nil if nobody does.
  var nextDeadline: UInt64? { earliestDeadline == .max ? nil : earliestDeadline }

  /// Something is to be looked at then.
  mutating func expect(at deadline: UInt64) { earliestDeadline = min(earliestDeadline, deadline) }

  /// Something is to be looked at this many nanoseconds from now.
  ///
  /// - Returns: when that is.
  @discardableResult
  mutating func expect(after nanoseconds: UInt64) -> UInt64 {
    expect(at: now &+ nanoseconds)
    return now &+ nanoseconds
  }

  /// Whether the earliest deadline has passed.
  var isDue: Bool { now >= earliestDeadline }

  /// Forgets all deadlines, before everything is looked at that can have one.
  mutating func clearDeadlines() { earliestDeadline = .max }

  // MARK: Events

  mutating func record(_ event: BrokerEvent) { events.append(event) }

  /// Takes the events since the last call.
  mutating func takeEvents() -> [BrokerEvent] {
    if events.isEmpty { return [] }
    defer { events = [] }
    return events
  }
}
