/// What a link has seen and done.
public struct EvominLinkCounters: Equatable, Sendable {
  /// What its receiver has seen.
  public internal(set) var line = EvominReceiverCounters()
  /// Frames that came again.
  public internal(set) var duplicates: UInt64 = 0
  /// Acknowledgements and refusals that nobody waited for.
  public internal(set) var strayAnswers: UInt64 = 0
  /// The longest time in nanoseconds that an acknowledgement took which came after the next attempt; nil if none did.
  /// The time to the next attempt should be longer.
  public internal(set) var longestLateAnswer: UInt64?
  /// Answers of the other end that a checksum was wrong.
  public internal(set) var refusals: UInt64 = 0
  /// Frames sent, repetitions among them.
  public internal(set) var transmissions: UInt64 = 0
  /// Repetitions among the transmissions.
  public internal(set) var retries: UInt64 = 0
  /// Frames that the other end has acknowledged.
  public internal(set) var acknowledged: UInt64 = 0
  /// Frames that were given up.
  public internal(set) var givenUp: UInt64 = 0
}
