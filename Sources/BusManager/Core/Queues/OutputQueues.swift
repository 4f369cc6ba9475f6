import BusWire

/// What waits for one receiver.
struct OutputQueues: BitwiseCopyable {
  /// What is left of a frame that went out in part; it goes before anything else.
  private var broken = ByteQueue()
  private var bus = ByteQueue()
  private var high = ByteQueue()
  private var normal = ByteQueue()
  private var low = ByteQueue()
  private var dataStream = ByteQueue()
  private var farewell = ByteQueue()
  private(set) var count = 0

  init() {}

  @inline(__always)
  private mutating func with<R>(_ lane: Lane, _ body: (inout ByteQueue) -> R) -> R {
    switch lane {
    case .bus: body(&bus)
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
    case .high: high
    case .normal: normal
    case .low: low
    case .dataStream: dataStream
    case .farewell: farewell
    }
  }

  /// Bytes that wait in one lane.
  @inline(__always)
  func count(in lane: Lane) -> Int { queue(lane).count }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawPointer, _ byteCount: Int, to lane: Lane, _ pool: BlockPool) {
    with(lane) { $0.append(bytes, byteCount, pool) }
    count &+= byteCount
  }

  /// Forgets the oldest frame of a lane.
  ///
  /// - Returns: its header; nil if the lane is empty.
  mutating func dropFrame(in lane: Lane, _ pool: BlockPool) -> FrameHeader? {
    let header = with(lane) { $0.dropFrame(pool) }
    count -= header?.frameByteCount ?? 0
    return header
  }

  /// Forgets the frames of a lane that `isUnwanted` picks out.
  mutating func removeFrames(in lane: Lane, _ pool: BlockPool, where isUnwanted: (FrameHeader) -> Bool) {
    count -= queue(lane).count
    with(lane) { $0.removeFrames(pool, where: isUnwanted) }
    count += queue(lane).count
  }

  /// Hands over the memory to send next, in order, until `body` returns false.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Bool) {
    var wantsMore = true
    func offer(_ queue: ByteQueue) {
      guard wantsMore, queue.count > 0 else { return }
      queue.forEachPiece(from: 0, upTo: queue.count) { piece in
        if wantsMore { wantsMore = body(piece) }
      }
    }
    offer(broken)
    offer(bus)
    offer(high)
    offer(normal)
    offer(low)
    offer(dataStream)
    offer(farewell)
  }

  /// Forgets bytes that went out, in the order of `forEachPiece`.
  mutating func dropSent(_ byteCount: Int, _ pool: BlockPool) {
    count &-= byteCount
    var left = byteCount
    if broken.count > 0 {
      let piece = min(left, broken.count)
      broken.drop(piece, pool)
      left -= piece
    }
    for lane in Lane.allCases {
      if left == 0 { return }
      if queue(lane).count == 0 { continue }
      (left, broken) = with(lane) { $0.dropSent(left, pool) }
    }
  }

  /// Forgets all frames but the rest of one that went out in part: what the receiver reads stays whole frames.
  mutating func removeFrames(_ pool: BlockPool) {
    for lane in Lane.allCases { with(lane) { $0.removeAll(pool) } }
    count = broken.count
  }

  /// Forgets everything; for a connection that is gone.
  mutating func removeAll(_ pool: BlockPool) {
    removeFrames(pool)
    broken.removeAll(pool)
    count = 0
  }
}
