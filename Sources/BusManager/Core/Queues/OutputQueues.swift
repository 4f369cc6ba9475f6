import BusWire

/// What waits for one receiver: the bus's own frames first, then one queue per priority, and the GOODBYE last.
struct OutputQueues: BitwiseCopyable {
  /// The queues in the order in which they are sent.
  enum Lane: Int, CaseIterable {
    case bus, high, normal, low, dataStream, farewell

    init(_ priority: Priority) {
      self = Lane(rawValue: Int(priority.rawValue) + 1)!
    }
  }

  private var bus = ByteQueue()
  private var high = ByteQueue()
  private var normal = ByteQueue()
  private var low = ByteQueue()
  private var dataStream = ByteQueue()
  private var farewell = ByteQueue()

  /// The lane whose first frame went out in part, and how many of its bytes must follow before anything else.
  private var brokenLane = Lane.bus
  private var brokenBytes = 0
  private(set) var count = 0

  init() {}

  private static let laneCount = Lane.allCases.count

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

  mutating func append(_ other: ByteQueue, to lane: Lane, _ pool: BlockPool) {
    with(lane) { $0.append(other, pool) }
    count += other.count
  }

  /// Hands over the memory to send next, in order, until `body` returns false.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Bool) {
    var wantsMore = true
    func offer(_ piece: UnsafeRawBufferPointer) {
      if wantsMore { wantsMore = body(piece) }
    }
    if brokenBytes > 0 {
      queue(brokenLane).forEachPiece(from: 0, upTo: brokenBytes, offer)
    }
    for lane in Lane.allCases where wantsMore {
      let queue = queue(lane)
      guard queue.count > 0 else { continue }
      queue.forEachPiece(from: lane == brokenLane ? brokenBytes : 0, upTo: queue.count, offer)
    }
  }

  /// Forgets bytes that went out, in the order of `forEachPiece`.
  mutating func drop(_ byteCount: Int, _ pool: BlockPool) {
    count &-= byteCount
    var left = byteCount
    if brokenBytes > 0 {
      let piece = min(left, brokenBytes)
      with(brokenLane) { $0.drop(piece, pool) }
      brokenBytes -= piece
      left -= piece
    }
    for lane in Lane.allCases {
      if left == 0 { return }
      var broken = 0
      left = with(lane) { $0.drop(upTo: left, pool, broken: &broken) }
      if broken > 0 {
        brokenLane = lane
        brokenBytes = broken
        return
      }
    }
  }

  /// Forgets all frames but the rest of one that went out in part: what the receiver reads stays whole frames.
  mutating func removeAll(_ pool: BlockPool) {
    for lane in Lane.allCases {
      let rest = lane == brokenLane ? brokenBytes : 0
      with(lane) { $0.keepFirst(rest, pool) }
    }
    count = brokenBytes
  }

  /// Forgets everything; for a connection that is gone.
  mutating func discard(_ pool: BlockPool) {
    for lane in Lane.allCases { with(lane) { $0.removeAll(pool) } }
    count = 0
    brokenBytes = 0
  }
}

extension ByteQueue {
  /// Forgets at most `byteCount` bytes from the front, whole frames where possible.
  ///
  /// - Parameter broken: set to the bytes that are left of a frame that is forgotten in part.
  /// - Returns: how many bytes of `byteCount` are left for the next queue.
  fileprivate mutating func drop(upTo byteCount: Int, _ pool: BlockPool, broken: inout Int) -> Int {
    if byteCount >= count {
      let left = byteCount &- count
      drop(count, pool)
      return left
    }
    var left = byteCount
    while left > 0 {
      let frame = frontHeader().frameByteCount
      if left < frame {
        broken = frame - left
        drop(left, pool)
        return 0
      }
      drop(frame, pool)
      left -= frame
    }
    return 0
  }

  fileprivate mutating func keepFirst(_ byteCount: Int, _ pool: BlockPool) {
    guard byteCount < count else { return }
    var kept = ByteQueue()
    forEachPiece(from: 0, upTo: byteCount) { kept.append($0.baseAddress!, $0.count, pool) }
    removeAll(pool)
    self = kept
  }
}
