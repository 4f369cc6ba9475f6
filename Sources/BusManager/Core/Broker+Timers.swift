import BusWire

extension Broker {
  /// When `tick()` has something to do, in monotonic nanoseconds; nil if nothing is due ever.
  public var nextDeadline: UInt64? {
    if earliestDeadline != .max { return earliestDeadline }
    return pool.canTrim ? now &+ Self.trimNanoseconds : nil
  }

  /// How often live modules are looked at.
  static let attentionNanoseconds: UInt64 = 1_000_000_000

  /// How long the memory of a burst is kept.
  private static let trimNanoseconds: UInt64 = 1_000_000_000

  /// Handles the deadlines that have passed. Sessions to close without a GOODBYE come out of `nextEnded()`.
  public mutating func tick() {
    guard now >= earliestDeadline || (earliestDeadline == .max && pool.canTrim) else { return }
    earliestDeadline = .max
    if pool.canTrim { pool.trim() }
    for id in sessions.ids {
      switch sessions[id].state {
      case .free: continue
      case .live:
        attend(id)
        earliestDeadline = min(earliestDeadline, now + Self.attentionNanoseconds)
      case .greeting where sessions[id].deadline <= now:
        let milliseconds = limits.helloNanoseconds / 1_000_000
        refuse(id, .helloTimeout, "no HELLO within \(milliseconds) ms; this is the port of a Framebus manager")
      case .leaving where sessions[id].deadline <= now, .lingering where sessions[id].deadline <= now:
        ended.append(id)
      case .greeting, .leaving, .lingering:
        earliestDeadline = min(earliestDeadline, sessions[id].deadline)
      }
    }
  }

  /// The next session whose time is over: the host closes its connection and calls `close(_:)`.
  public mutating func nextEnded() -> SessionID? { ended.popLast() }
}
