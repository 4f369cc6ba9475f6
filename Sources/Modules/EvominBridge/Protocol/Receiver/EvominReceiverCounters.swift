/// What a receiver has seen.
public struct EvominReceiverCounters: Equatable, Sendable {
  /// Frames that came whole.
  public internal(set) var frames: UInt64 = 0
  /// Candidates for a frame with a wrong checksum.
  public internal(set) var checksumErrors: UInt64 = 0
  /// Bytes that belonged to no frame and were no answer.
  public internal(set) var bytesSkipped: UInt64 = 0
  /// Starts of frames whose rest did not come in time.
  public internal(set) var timeouts: UInt64 = 0
}
