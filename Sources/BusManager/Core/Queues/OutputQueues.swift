import BusWire

/// What waits for one receiver.
struct OutputQueues: ~Copyable {
  /// What is left of a frame that went out in part; it goes before anything else.
  private var broken = ByteQueue()
  private var lanes = InlineArray<7, ByteQueue> { _ in ByteQueue() }
  /// Whole frames that still lie in the buffer they were read into. They are all that waits: anything else that comes
  /// moves them into their lane first.
  private var borrowed: Borrowed?
  private(set) var count = 0
  /// Bytes of data streams that came since it was last looked for frames of the same kind among them.
  private var newStreamBytes = 0
  /// More of `history` will come, and goes before the frames of the modules that wait already.
  var isReplaying = false

  private struct Borrowed: BitwiseCopyable {
    let bytes: UnsafeRawPointer
    let count: Int
    let lane: Lane
  }

  init() {}

  /// Bytes that wait in one lane.
  @inline(__always)
  func count(in lane: Lane) -> Int {
    let count = lanes[lane.rawValue].count
    guard let borrowed, borrowed.lane == lane else { return count }
    return borrowed.count
  }

  /// Bytes that wait in the lanes for which senders are held back.
  var heldBackCount: Int { count(in: .history) + count(in: .high) + count(in: .normal) }

  // MARK: Coming

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawPointer, _ byteCount: Int, to lane: Lane, _ pool: inout BlockPool) {
    if _slowPath(borrowed != nil) { settle(&pool) }
    lanes[lane.rawValue].append(bytes, byteCount, &pool)
    if lane == .dataStream { newStreamBytes &+= byteCount }
    count &+= byteCount
  }

  /// Takes whole frames without a copy, while nothing else waits. They must be sent or settled before their memory is
  /// used for something else.
  @inline(__always)
  mutating func borrow(_ bytes: UnsafeRawPointer, _ byteCount: Int, lane: Lane) {
    borrowed = Borrowed(bytes: bytes, count: byteCount, lane: lane)
    count &+= byteCount
  }

  /// Moves what is borrowed into its lane.
  mutating func settle(_ pool: inout BlockPool) {
    guard let borrowed = takeBorrowed() else { return }
    append(borrowed.bytes, borrowed.count, to: borrowed.lane, &pool)
  }

  private mutating func takeBorrowed() -> Borrowed? {
    defer { borrowed = nil }
    count &-= borrowed?.count ?? 0
    return borrowed
  }

  // MARK: Going out

  /// Hands over the memory to send next, in order, until `body` returns false.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Bool) {
    if let borrowed {
      _ = body(UnsafeRawBufferPointer(start: borrowed.bytes, count: borrowed.count))
      return
    }
    guard broken.forEachPiece(body) else { return }
    for lane in lanes.indices {
      if isReplaying, lane > Lane.history.rawValue { return }
      guard lanes[lane].forEachPiece(body) else { return }
    }
  }

  /// Forgets bytes that went out, in the order of `forEachPiece`.
  mutating func dropSent(_ byteCount: Int, _ pool: inout BlockPool) {
    if let borrowed = takeBorrowed() { return keepUnsent(borrowed, byteCount, &pool) }
    count &-= byteCount
    let piece = min(byteCount, broken.count)
    broken.drop(piece, &pool)
    var left = byteCount &- piece
    for lane in lanes.indices where left > 0 { lanes[lane].dropSent(&left, broken: &broken, &pool) }
  }

  /// Keeps what did not go out: the rest of a frame that went out in part, and the whole ones behind it.
  private mutating func keepUnsent(_ borrowed: Borrowed, _ sentCount: Int, _ pool: inout BlockPool) {
    let (bytes, end) = (borrowed.bytes, borrowed.count)
    if sentCount == end { return }
    var offset = 0
    while offset < sentCount { offset += FrameHeader(at: bytes + offset).frameByteCount }
    if offset > sentCount {
      broken.append(bytes + sentCount, offset - sentCount, &pool)
      count += offset - sentCount
    }
    if offset < end { append(bytes + offset, end - offset, to: borrowed.lane, &pool) }
  }

  // MARK: Dropping

  /// Forgets the oldest frame of a lane.
  ///
  /// - Returns: its header; nil if the lane is empty.
  mutating func dropFrame(in lane: Lane, _ pool: inout BlockPool) -> FrameHeader? {
    settle(&pool)
    let header = lanes[lane.rawValue].dropFrame(&pool)
    count -= header?.frameByteCount ?? 0
    return header
  }

  /// Whether there may be frames of data streams that a newer one of the same kind has replaced.
  @inline(__always)
  var hasNewStreamFrames: Bool { newStreamBytes > 0 && count(in: .dataStream) > 0 }

  /// Whether it is worth the time to look for them: there is little to look at, or much is new.
  var hasManyNewStreamFrames: Bool {
    let waiting = count(in: .dataStream)
    return newStreamBytes > 0 && (waiting <= BlockPool.capacity || newStreamBytes >= waiting / 8)
  }

  /// Forgets the frames of data streams that a newer one of the same sender, type and instance has replaced.
  mutating func keepNewestStreamFrames(_ pool: inout BlockPool, forgotten: (FrameHeader) -> Void) {
    settle(&pool)
    newStreamBytes = 0
    let lane = Lane.dataStream.rawValue
    count -= lanes[lane].count
    lanes[lane].keepNewest(&pool, forgotten: forgotten)
    count += lanes[lane].count
  }

  /// Forgets all frames but the rest of one that went out in part: what the receiver reads stays whole frames.
  mutating func removeFrames(_ pool: inout BlockPool) {
    borrowed = nil
    for lane in lanes.indices { lanes[lane].removeAll(&pool) }
    count = broken.count
  }

  /// Forgets everything; for a connection that is gone.
  mutating func removeAll(_ pool: inout BlockPool) {
    removeFrames(&pool)
    broken.removeAll(&pool)
    count = 0
  }
}
