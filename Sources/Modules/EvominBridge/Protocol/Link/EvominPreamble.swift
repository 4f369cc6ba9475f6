/// Bytes that bring the receivers of both libraries back to where a frame may begin. Nobody takes them for a frame.
public enum EvominPreamble: Sendable {
  /// For a receiver between frames: one that swallows the next byte, or takes the first one of the next payload for a
  /// stuff byte, recovers.
  case short
  /// For a receiver that may be in the middle of a frame: zeros fill up the longest one first.
  case long

  /// A frame whose checksum is wrong, and what the libraries swallow behind it.
  private static let reset: [UInt8] = [0xAA, 0xAA, 0xAA, 0, 1, 0, 0, 0, 0, 0xAA, 0x55, 0x55]
  private static let fillBytes = 53

  /// 12 or 65 bytes.
  public var encoded: EvominWire {
    var wire = EvominWire()
    append(to: &wire)
    return wire
  }

  func append(to wire: inout EvominWire) {
    if case .long = self { for _ in 0..<Self.fillBytes { wire.append(0) } }
    wire.append(contentsOf: Self.reset)
  }
}
