/// How urgent a frame is among those that wait for the same receiver.
///
/// The values are bits 2 and 3 of the header's flags (docs/PROTOCOL.md, "Header").
public enum Priority: UInt8, Sendable, CaseIterable, Comparable {
  /// Sent before everything else of the modules; the SDK flushes it at once.
  case high = 0
  /// The default.
  case normal = 1
  /// Values that may be dropped, oldest first, when the receiver is behind.
  case low = 2
  /// Video and the like: only the newest matters.
  case dataStream = 3

  /// Orders priorities from the most urgent to the least.
  public static func < (left: Priority, right: Priority) -> Bool {
    left.rawValue < right.rawValue
  }
}
