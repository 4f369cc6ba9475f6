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

  /// Forgets all frames but the newest of each sender, type and instance; the others keep their order.
  ///
  /// It takes two looks at each frame, however many kinds there are.
  mutating func keepNewest(_ pool: inout BlockPool, forgotten: (FrameHeader) -> Void) {
    var newest = NewestOfKind(frameCountMax: count / FrameHeader.byteCount)
    var frameCount = 0
    forEachHeader {
      newest.record($0, at: frameCount)
      frameCount += 1
    }
    guard newest.kindCount < frameCount else { return }
    var kept = ByteQueue()
    var position = 0
    while count > 0 {
      let header = frontHeader()
      if newest.isNewest(header, at: position) {
        forEachPiece(from: 0, upTo: header.frameByteCount) { kept.append($0.baseAddress!, $0.count, &pool) }
      } else {
        forgotten(header)
      }
      drop(header.frameByteCount, &pool)
      position += 1
    }
    self = kept
  }

  /// Looks at the headers of all frames in order.
  private func forEachHeader(_ body: (FrameHeader) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: FrameHeader.byteCount, alignment: 8) { header in
      var filled = 0
      var skip = 0
      forEachPiece(from: 0, upTo: count) { piece in
        var offset = 0
        while offset < piece.count {
          let step = min(skip, piece.count - offset)
          skip -= step
          offset += step
          let part = min(FrameHeader.byteCount - filled, piece.count - offset)
          guard part > 0 else { continue }
          (header.baseAddress! + filled).copyMemory(from: piece.baseAddress! + offset, byteCount: part)
          offset += part
          filled += part
          guard filled == FrameHeader.byteCount else { continue }
          let whole = FrameHeader(at: header.baseAddress!)
          skip = whole.frameByteCount - FrameHeader.byteCount
          filled = 0
          body(whole)
        }
      }
    }
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

/// The position of the newest frame of each sender, type and instance: an open hash table for one look at a queue.
private struct NewestOfKind: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var kind: UInt64 = 0
    /// -1 in an entry that is free.
    var position = -1
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let capacity: Int
  private(set) var kindCount = 0

  init(frameCountMax: Int) {
    var capacity = 16
    while capacity < frameCountMax * 2 { capacity *= 2 }
    self.capacity = capacity
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: Entry(), count: capacity)
  }

  deinit { entries.deallocate() }

  private static func kind(of header: FrameHeader) -> UInt64 {
    UInt64(header.source) << 24 | UInt64(header.type) << 8 | UInt64(header.instance)
  }

  private func index(of kind: UInt64) -> Int {
    var index = Int(truncatingIfNeeded: (kind &* 0x9E37_79B9_7F4A_7C15) >> 20) & (capacity - 1)
    while entries[index].position >= 0, entries[index].kind != kind { index = (index + 1) & (capacity - 1) }
    return index
  }

  mutating func record(_ header: FrameHeader, at position: Int) {
    let kind = Self.kind(of: header)
    let index = index(of: kind)
    if entries[index].position < 0 { kindCount += 1 }
    entries[index] = Entry(kind: kind, position: position)
  }

  func isNewest(_ header: FrameHeader, at position: Int) -> Bool {
    entries[index(of: Self.kind(of: header))].position == position
  }
}
