/// What goes over the line in one piece.
public enum CandyPacket: Hashable, Sendable {
  case message(CandyMessage)
  /// The 12 bytes by which a host finds its port, and the answer to them, which is the same.
  case probe
  /// One byte that means nothing. The firmware reads in groups that it never aligns anew; this moves them by one.
  case padding

  /// What a probe and its answer consist of.
  static let probeBytes = Array("correct port".utf8)

  /// The bytes to be sent.
  public var bytes: [UInt8] {
    switch self {
    case .message(let message): message.bytes
    case .probe: Self.probeBytes
    case .padding: [UInt8(ascii: " ")]
    }
  }
}
