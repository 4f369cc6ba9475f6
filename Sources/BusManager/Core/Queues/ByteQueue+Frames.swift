import BusWire

/// What can be done with a queue that starts with a whole frame.
extension ByteQueue {
  /// Forgets the oldest frame.
  ///
  /// - Returns: its header; nil if the queue is empty.
  mutating func dropFrame(_ pool: BlockPool) -> FrameHeader? {
    guard count >= FrameHeader.byteCount else { return nil }
    let header = frontHeader()
    drop(header.frameByteCount, pool)
    return header
  }

  /// Forgets all frames that `isUnwanted` picks out; the others keep their order.
  mutating func removeFrames(_ pool: BlockPool, where isUnwanted: (FrameHeader) -> Bool) {
    var kept = ByteQueue()
    while count > 0 {
      let header = frontHeader()
      if !isUnwanted(header) {
        forEachPiece(from: 0, upTo: header.frameByteCount) { kept.append($0.baseAddress!, $0.count, pool) }
      }
      drop(header.frameByteCount, pool)
    }
    self = kept
  }

  /// Forgets at most `byteCount` bytes that went out, frame by frame.
  ///
  /// - Returns: how many bytes of `byteCount` are left for the next queue, and what is left of a frame that went out
  ///   in part, as a queue of its own.
  mutating func dropSent(_ byteCount: Int, _ pool: BlockPool) -> (left: Int, broken: ByteQueue) {
    if byteCount >= count {
      let left = byteCount &- count
      drop(count, pool)
      return (left, ByteQueue())
    }
    var left = byteCount
    while left > 0 {
      let frame = frontHeader().frameByteCount
      if left < frame {
        drop(left, pool)
        return (0, splitFront(frame - left, pool))
      }
      drop(frame, pool)
      left -= frame
    }
    return (0, ByteQueue())
  }
}
