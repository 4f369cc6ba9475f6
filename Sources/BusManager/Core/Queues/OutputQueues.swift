import BusWire

/// What waits for one receiver.
struct OutputQueues: BitwiseCopyable {
  /// What is left of a frame that went out in part; it goes before anything else.
  private var broken = ByteQueue()
  private var bus = ByteQueue()
  private var history = ByteQueue()
  private var high = ByteQueue()
  private var normal = ByteQueue()
  private var low = ByteQueue()
  private var dataStream = ByteQueue()
  private var farewell = ByteQueue()
  /// Whole frames that still lie in the buffer they were read into. They are all that waits: anything else that comes
  /// moves them into their lane first.
  private var borrowed: UnsafeRawPointer?
  private var borrowedCount = 0
  private var borrowedLane = Lane.normal
  private(set) var count = 0
  /// More of `history` will come, and goes before the frames of the modules that wait already.
  var isReplaying = false

  init() {}

  @inline(__always)
  private mutating func with<R>(_ lane: Lane, _ body: (inout ByteQueue) -> R) -> R {
    switch lane {
    case .bus: body(&bus)
    case .history: body(&history)
    case .high: body(&high)
    case .normal: body(&normal)
    case .low: body(&low)
    case .dataStream: body(&dataStream)
    case .farewell: body(&farewell)
    }
  }

  @inline(__always)
  private func queue(_ lane: Lane) -> ByteQueue {
    switch lane {
    case .bus: bus
    case .history: history
    case .high: high
    case .normal: normal
    case .low: low
    case .dataStream: dataStream
    case .farewell: farewell
    }
  }

  /// Bytes that wait in one lane.
  @inline(__always)
  func count(in lane: Lane) -> Int { queue(lane).count &+ (lane == borrowedLane ? borrowedCount : 0) }

  /// Takes whole frames without a copy, while nothing else waits. They must be sent or settled before their memory is
  /// used for something else.
  @inline(__always)
  mutating func borrow(_ bytes: UnsafeRawPointer, _ byteCount: Int, lane: Lane) {
    borrowed = bytes
    borrowedCount = byteCount
    borrowedLane = lane
    count &+= byteCount
  }

  /// Moves what is borrowed into its lane.
  mutating func settle(_ pool: BlockPool) {
    guard let bytes = borrowed else { return }
    let byteCount = borrowedCount
    forgetBorrowed()
    append(bytes, byteCount, to: borrowedLane, pool)
  }

  private mutating func forgetBorrowed() {
    borrowed = nil
    count &-= borrowedCount
    borrowedCount = 0
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawPointer, _ byteCount: Int, to lane: Lane, _ pool: BlockPool) {
    if _slowPath(borrowed != nil) { settle(pool) }
    with(lane) { $0.append(bytes, byteCount, pool) }
    count &+= byteCount
  }

  /// Forgets the oldest frame of a lane.
  ///
  /// - Returns: its header; nil if the lane is empty.
  mutating func dropFrame(in lane: Lane, _ pool: BlockPool) -> FrameHeader? {
    settle(pool)
    let header = with(lane) { $0.dropFrame(pool) }
    count -= header?.frameByteCount ?? 0
    return header
  }

  /// Forgets the frames of a lane that `isUnwanted` picks out.
  mutating func removeFrames(in lane: Lane, _ pool: BlockPool, where isUnwanted: (FrameHeader) -> Bool) {
    settle(pool)
    count -= queue(lane).count
    with(lane) { $0.removeFrames(pool, where: isUnwanted) }
    count += queue(lane).count
  }

  /// Hands over the memory to send next, in order, until `body` returns false.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Bool) {
    if let borrowed {
      _ = body(UnsafeRawBufferPointer(start: borrowed, count: borrowedCount))
      return
    }
    _ =
      broken.forEachPiece(body) && bus.forEachPiece(body) && history.forEachPiece(body) && !isReplaying
      && high.forEachPiece(body) && normal.forEachPiece(body) && low.forEachPiece(body) && dataStream.forEachPiece(body)
      && farewell.forEachPiece(body)
  }

  /// Forgets bytes that went out, in the order of `forEachPiece`.
  mutating func dropSent(_ byteCount: Int, _ pool: BlockPool) {
    if borrowed != nil { return dropSentBorrowed(byteCount, pool) }
    count &-= byteCount
    var left = byteCount
    if broken.count > 0 {
      let piece = min(left, broken.count)
      broken.drop(piece, pool)
      left -= piece
    }
    bus.dropSent(&left, broken: &broken, pool)
    history.dropSent(&left, broken: &broken, pool)
    high.dropSent(&left, broken: &broken, pool)
    normal.dropSent(&left, broken: &broken, pool)
    low.dropSent(&left, broken: &broken, pool)
    dataStream.dropSent(&left, broken: &broken, pool)
    farewell.dropSent(&left, broken: &broken, pool)
  }

  /// Keeps what did not go out: the rest of a frame that went out in part, and the whole ones behind it.
  private mutating func dropSentBorrowed(_ byteCount: Int, _ pool: BlockPool) {
    guard let bytes = borrowed else { return }
    let end = borrowedCount
    forgetBorrowed()
    if byteCount == end { return }
    var offset = 0
    while offset < byteCount { offset += FrameHeader(at: bytes + offset).frameByteCount }
    if offset > byteCount {
      broken.append(bytes + byteCount, offset - byteCount, pool)
      count += offset - byteCount
    }
    if offset < end { append(bytes + offset, end - offset, to: borrowedLane, pool) }
  }

  /// Forgets all frames but the rest of one that went out in part: what the receiver reads stays whole frames.
  mutating func removeFrames(_ pool: BlockPool) {
    forgetBorrowed()
    for lane in Lane.inOrder { with(lane) { $0.removeAll(pool) } }
    count = broken.count
  }

  /// Forgets everything; for a connection that is gone.
  mutating func removeAll(_ pool: BlockPool) {
    removeFrames(pool)
    broken.removeAll(pool)
    count = 0
  }
}
