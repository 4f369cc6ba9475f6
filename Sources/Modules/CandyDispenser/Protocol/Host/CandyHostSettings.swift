extension CandyHost {
  /// Times and limits of a host.
  public struct Settings: Hashable, Sendable {
    /// How often `~RS` is sent; 0 counts as 1. Without it the firmware resets its board after 75 to 80 s, and the one of
    /// March 2024 ends after 16 s.
    public var keepAliveSeconds: UInt32 = 5
    /// A dispenser from which no valid message came for this long is lost.
    public var lostSeconds: UInt32 = 80
    /// A candy that takes this long is reported as a suspected jam; the connection is kept.
    public var jamSeconds: UInt32 = 15
    /// After this long a candy is given up as unanswered, once the dispenser has proved that it is not busy with it.
    public var answerSeconds: UInt32 = 30
    /// A candy that nobody took for this long is reported.
    public var takenSeconds: UInt32 = 60
    /// How long a reset may take to be answered.
    public var resetSeconds: UInt32 = 5
    /// How long a disconnect may take to be answered.
    public var disconnectSeconds: UInt32 = 2
    /// Between a candy being taken and the next dispense; the firmware reports wrong candies as taken if it is less.
    public var paceMilliseconds: UInt32 = 1500
    /// One candy at a time, with `paceMilliseconds` between. The firmware can take more, but then loses count.
    public var isPaced = true
    /// Candies that may wait, be on their way or lie in the tray. The buffers of the firmware have 64 messages.
    public var queueMax = 64
    /// How long the port stays closed before it is tried again when nothing answered at it.
    public var reopenSeconds: UInt32 = 10

    /// The usual settings.
    public init() {}
  }
}
