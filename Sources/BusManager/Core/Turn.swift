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

  /// Sets the time for what follows.
  @inline(__always)
  mutating func begin(monotonic: UInt64, wall: UInt64) {
    if startedAt == nil { startedAt = monotonic }
    now = monotonic
    wallTime = wall
  }

  /// For how long the manager has run, in nanoseconds.
  var uptime: UInt64 { now &- (startedAt ?? now) }

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
