import BusWire

/// Bytes in order of arrival, in a chain of blocks of the pool. Frames may lie across two blocks.
///
/// A queue that is empty holds no memory. Blocks go back to the pool by `drop` and `removeAll`, before a queue ends.
struct ByteQueue: ~Copyable {
  private var head: BlockPool.Block?
  private var tail: BlockPool.Block?
  /// Bytes of the first block that are gone already.
  private var headOffset = 0
  /// Bytes of the last block that are filled.
  private var tailOffset = 0
  private(set) var count = 0

  init() {}

  /// What is still there goes back to the system, as the pool goes with its queues.
  deinit { BlockPool.deallocate(head) }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawPointer, _ byteCount: Int, _ pool: inout BlockPool) {
    if let tail, byteCount <= BlockPool.capacity &- tailOffset {
      (tail + (BlockPool.headerBytes &+ tailOffset)).copyMemory(from: bytes, byteCount: byteCount)
      tailOffset &+= byteCount
      count &+= byteCount
    } else {
      appendAcrossBlocks(bytes, byteCount, &pool)
    }
  }

  private mutating func appendAcrossBlocks(_ bytes: UnsafeRawPointer, _ byteCount: Int, _ pool: inout BlockPool) {
    var bytes = bytes
    var left = byteCount
    while left > 0 {
      if tail == nil || tailOffset == BlockPool.capacity { addBlock(&pool) }
      guard let tail else { return }
      let piece = min(left, BlockPool.capacity - tailOffset)
      (tail + (BlockPool.headerBytes + tailOffset)).copyMemory(from: bytes, byteCount: piece)
      bytes += piece
      left -= piece
      tailOffset += piece
      count += piece
    }
  }

  private mutating func addBlock(_ pool: inout BlockPool) {
    let block = pool.take()
    if let tail {
      BlockPool.link(tail, to: block)
    } else {
      head = block
      headOffset = 0
    }
    tail = block
    tailOffset = 0
  }

  /// Hands over the memory of a range of bytes, piece by piece, until `body` has seen them all.
  func forEachPiece(from start: Int, upTo end: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    var block = head
    var skip = start
    var left = min(end, count) - start
    var offset = headOffset
    while left > 0, let current = block {
      let filled = (current == tail ? tailOffset : BlockPool.capacity) - offset
      if skip >= filled {
        skip -= filled
      } else {
        let piece = min(left, filled - skip)
        body(UnsafeRawBufferPointer(start: current + (BlockPool.headerBytes + offset + skip), count: piece))
        left -= piece
        skip = 0
      }
      offset = 0
      block = BlockPool.next(current)
    }
  }

  /// Hands over the memory of all bytes, piece by piece, until `body` returns false.
  ///
  /// - Returns: whether `body` wants more.
  @inline(__always)
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    var block = count > 0 ? head : nil
    var offset = headOffset
    while let current = block {
      let end = current == tail ? tailOffset : BlockPool.capacity
      let start = UnsafeRawPointer(current + (BlockPool.headerBytes &+ offset))
      guard body(UnsafeRawBufferPointer(start: start, count: end &- offset)) else { return false }
      offset = 0
      block = BlockPool.next(current)
    }
    return true
  }

  /// Copies the first bytes without taking them.
  func copy(to target: UnsafeMutableRawPointer, byteCount: Int) {
    var filled = 0
    forEachPiece(from: 0, upTo: byteCount) { piece in
      (target + filled).copyMemory(from: piece.baseAddress!, byteCount: piece.count)
      filled += piece.count
    }
  }

  /// The header at the front; the queue must hold at least its 24 bytes.
  func frontHeader() -> FrameHeader {
    withUnsafeTemporaryAllocation(byteCount: FrameHeader.byteCount, alignment: 8) { buffer in
      copy(to: buffer.baseAddress!, byteCount: FrameHeader.byteCount)
      return FrameHeader(at: buffer.baseAddress!)
    }
  }

  /// Forgets the first bytes and gives back the blocks that are empty then.
  mutating func drop(_ byteCount: Int, _ pool: inout BlockPool) {
    precondition(byteCount <= count)
    var left = byteCount
    count &-= byteCount
    while left > 0, let current = head {
      let filled = (current == tail ? tailOffset : BlockPool.capacity) &- headOffset
      if left < filled {
        headOffset &+= left
        return
      }
      left &-= filled
      headOffset = 0
      head = BlockPool.next(current)
      if current == tail {
        tail = nil
        tailOffset = 0
      }
      pool.give(current)
    }
  }

  mutating func removeAll(_ pool: inout BlockPool) {
    drop(count, &pool)
  }

  /// Takes the first bytes out as a queue of their own. Only the block that both would share is copied.
  mutating func splitFront(_ byteCount: Int, _ pool: inout BlockPool) -> ByteQueue {
    precondition(byteCount <= count)
    var front = ByteQueue()
    var left = byteCount
    while left > 0, let block = head {
      let filled = (block == tail ? tailOffset : BlockPool.capacity) - headOffset
      if left >= filled {
        left -= filled
        front.takeBlock(&self, filled)
      } else {
        front.append(block + (BlockPool.headerBytes + headOffset), left, &pool)
        headOffset += left
        count -= left
        left = 0
      }
    }
    return front
  }

  /// Moves the first block of another queue, whole, behind this one's.
  private mutating func takeBlock(_ other: inout ByteQueue, _ filled: Int) {
    guard let block = other.head else { return }
    let isLast = block == other.tail
    let next = BlockPool.next(block)
    BlockPool.link(block, to: nil)
    if let tail {
      BlockPool.link(tail, to: block)
    } else {
      head = block
      headOffset = other.headOffset
    }
    tail = block
    tailOffset = isLast ? other.tailOffset : BlockPool.capacity
    count += filled
    other.head = next
    other.headOffset = 0
    other.count -= filled
    if isLast {
      other.tail = nil
      other.tailOffset = 0
    }
  }
}
