/// Finds messages and probes in a stream that may hold anything: what begins none of them is skipped byte by byte, so
/// one stray byte costs one byte.
public struct CandyScanner: Sendable {
  private var held: [UInt8] = []
  private var skippedBytes: UInt64 = 0

  /// A scanner at the start of a stream.
  public init() {
    held.reserveCapacity(CandyPacket.probeBytes.count)
  }

  /// Takes one byte.
  ///
  /// - Returns: what it completes.
  public mutating func take(_ byte: UInt8) -> CandyPacket? {
    held.append(byte)
    while !held.isEmpty {
      if let packet = whole {
        held.removeAll(keepingCapacity: true)
        return packet
      }
      if canGoOn { return nil }
      held.removeFirst()
      skippedBytes += 1
    }
    return nil
  }

  /// Forgets a message that is not whole, as on a new connection.
  public mutating func reset() {
    skippedBytes += UInt64(held.count)
    held.removeAll(keepingCapacity: true)
  }

  /// How many bytes belonged to nothing since the last call.
  public mutating func takeSkippedBytes() -> UInt64 {
    defer { skippedBytes = 0 }
    return skippedBytes
  }

  private var code: UInt32 { held.reduce(0) { $0 << 8 | UInt32($1) } }

  private var whole: CandyPacket? {
    switch held.count {
    case CandyMessage.byteCount: CandyMessage.withCode(code).map { .message($0) }
    case CandyPacket.probeBytes.count: held == CandyPacket.probeBytes ? .probe : nil
    default: nil
    }
  }

  private var canGoOn: Bool {
    if held.count < CandyMessage.byteCount, CandyMessage.canBegin(code) { return true }
    return CandyPacket.probeBytes.starts(with: held)
  }
}
