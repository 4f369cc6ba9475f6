/// Something that goes wrong between a device and the other end. Rates hold for either direction, and for each byte or
/// acknowledgement by itself.
public enum EvominFault: Equatable, Sendable {
  /// A byte becomes any other.
  case byteErrors(perMillion: Int)
  /// Each bit of a byte changes by itself.
  case bitErrors(perMillion: Int)
  /// A byte does not come.
  case lostBytes(perMillion: Int)
  /// A byte comes that nobody sent.
  case strayBytes(perMillion: Int)
  /// The device's acknowledgement does not come.
  case lostAcknowledgements(perMillion: Int)
  /// The device receives nothing and sends nothing for this long.
  case silence(nanoseconds: UInt64)
  /// The device sends each acknowledged frame once more after 3 s, as the C library does anyway.
  case duplicates(Bool)
  /// No more faults.
  case none
}
