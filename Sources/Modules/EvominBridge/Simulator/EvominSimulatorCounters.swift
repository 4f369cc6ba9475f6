/// What a simulated device has seen and done.
public struct EvominSimulatorCounters: Equatable, Sendable {
  /// Frames that its library has accepted.
  public internal(set) var received: UInt64 = 0
  /// Frames that it wanted to send.
  public internal(set) var queued: UInt64 = 0
  /// Frames that its library did not take: the queue was full, or it hangs.
  public internal(set) var notQueued: UInt64 = 0
  /// Frames that the other end has acknowledged.
  public internal(set) var acknowledged: UInt64 = 0
  /// Frames that its library has given up.
  public internal(set) var givenUp: UInt64 = 0
  /// Queued frames of which nothing more is known, because the device was switched off.
  public internal(set) var forgotten: UInt64 = 0

  /// Frames that its library has done with.
  var done: UInt64 { acknowledged + givenUp }
}
