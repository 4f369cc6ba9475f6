import BusWire

/// What can be done with a queue that starts with a whole frame.
extension ByteQueue {
  /// Forgets the oldest frame.
  ///
  /// - Returns: its header; nil if the queue is empty.
  mutating func dropFrame(_ pool: inout BlockPool) -> FrameHeader? {
    guard count >= FrameHeader.byteCount else { return nil }
    let header = frontHeader()
    drop(header.frameByteCount, &pool)
    return header
  }

  /// Forgets all frames that `isUnwanted` picks out; the others keep their order.
  mutating func removeFrames(_ pool: inout BlockPool, where isUnwanted: (FrameHeader) -> Bool) {
    var kept = ByteQueue()
    while count > 0 {
      let header = frontHeader()
      if !isUnwanted(header) {
        forEachPiece(from: 0, upTo: header.frameByteCount) { kept.append($0.baseAddress!, $0.count, &pool) }
      }
      drop(header.frameByteCount, &pool)
    }
    self = kept
  }

  /// Forgets bytes that went out, frame by frame.
  ///
  /// - Parameters:
  ///   - left: how many went out; becomes how many of them are left for the next queue.
  ///   - broken: becomes what is left of a frame that went out in part.
  mutating func dropSent(_ left: inout Int, broken: inout ByteQueue, _ pool: inout BlockPool) {
    if left >= count {
      left &-= count
      if count > 0 { drop(count, &pool) }
      return
    }
    while left > 0 {
      let frame = frontHeader().frameByteCount
      if left < frame {
        drop(left, &pool)
        broken = splitFront(frame - left, &pool)
        left = 0
      } else {
        drop(frame, &pool)
        left -= frame
      }
    }
  }
}
