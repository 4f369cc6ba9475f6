extension Dispenser {
  /// One pump of an order.
  public struct Share: Equatable, Sendable {
    /// Which pump.
    public let pump: Pump
    /// How long it runs, at least 1.
    public let seconds: UInt8

    /// - Parameters:
    ///   - pump: which pump.
    ///   - seconds: how long it runs; `Dispenser.seconds` makes it of a duration. 0 becomes 1.
    public init(_ pump: Pump, seconds: UInt8) {
      self.pump = pump
      self.seconds = max(1, seconds)
    }
  }

  /// Why an order is not begun.
  public enum Refusal: Error, Equatable, Sendable {
    /// There is no share in it.
    case nothingOrdered
    /// The dispenser is not there.
    case portClosed
    /// The board may be busy this long with what was ordered before.
    case busy(Duration)
  }

  /// What has happened.
  public enum Event: Equatable, Sendable {
    /// The board serves a pump.
    case serving(Share)
    /// What the board served has ended.
    case served(Share)
    /// All that was ordered has come to its end, one way or another; it is the last event of an order.
    case finished(Result)
    /// The board says something for a person.
    case text(String)
    /// The board says a level; in which unit is nowhere written.
    case level([UInt8])
    /// The time that belongs to a level, as the board sends it.
    case levelTime(UInt16)
  }

  /// How an order has ended.
  public enum Result: Equatable, Sendable {
    /// All was served.
    case done
    /// No further pump was begun.
    case cancelled
    /// The pump that was being served, and why it failed; no further one was begun.
    case failed(Pump, Failure)
  }

  /// Why a pump failed.
  public enum Failure: Equatable, Sendable {
    /// The board did not answer, also after its port was opened again. It may have heard the order all the same, and
    /// pours this long then.
    case silent(mayPourFor: Duration)
    /// It did not say the end in time. It may pour still.
    case noEnd
    /// The port is gone, and the board may pour this long still.
    case portLost(mayPourFor: Duration)
  }

  /// The seconds that the board is told for a time: the nearest whole number, but never 0; nil if there is none up to 255.
  public static func seconds(for time: Duration) -> UInt8? {
    guard time > .zero, time <= .seconds(255) else { return nil }
    return UInt8(clamping: max(1, (time + .milliseconds(500)).components.seconds))
  }

  /// How long these shares take in all: 3 s before each pour, and 7 s after it.
  public static func time(for shares: some Sequence<Share>) -> Duration {
    shares.reduce(.zero) { $0 + startTime + .seconds($1.seconds) + endTime }
  }
}
