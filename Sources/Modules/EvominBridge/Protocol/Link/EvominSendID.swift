/// Names a frame from `send` until it is acknowledged or given up.
public struct EvominSendID: Hashable, Comparable, Sendable {
  /// Counts the frames of a link, from 1.
  public let rawValue: UInt64

  /// The one that was sent earlier comes first.
  public static func < (left: EvominSendID, right: EvominSendID) -> Bool { left.rawValue < right.rawValue }
}

extension EvominSendID: CustomStringConvertible {
  /// The number with a mark before it.
  public var description: String { "#\(rawValue)" }
}
