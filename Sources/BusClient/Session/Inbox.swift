import BusWire

/// Frames that arrived and were not asked for yet, in order, in memory of fixed size.
struct Inbox {
  /// Bytes that may wait for the module; with this many there, nothing more is read.
  static let bytesMax = 256 << 10
  /// The same while an answer is waited for: what the manager and the kernel hold at most before it.
  static let bytesMaxWhileAsking = 4 << 20

  private var chunk = InboxChunk(capacity: bytesMax)
  /// The next frame to hand out.
  private var head = 0
  /// All whole frames before it are sorted.
  private var sorted = 0
  /// Where the frame starts that was sorted last.
  private var lastSorted = 0
  private var tail = 0
  /// Frames that can be handed out.
  private(set) var count = 0
  /// The largest payload that the other end may announce: little before WELCOME, what WELCOME says after it.
  var payloadBytesMax = payloadBytesMaxBeforeWelcome
  /// The other end announced more than that, or a frame of type 0, which is reserved: what it sends cannot be understood.
  private(set) var isBroken = false

  static let payloadBytesMaxBeforeWelcome = 64 << 10

  /// Where the next bytes are to be read to; nil if the inbox is full.
  ///
  /// - Parameter bytesMax: how much may wait if that is more than `Inbox.bytesMax`.
  mutating func room(growingTo bytesMax: Int = 0) -> UnsafeMutableRawBufferPointer? {
    if head == tail { restart() }
    let missing = missingBytes
    let isDrained = head == sorted
    let room = chunk.capacity - tail
    if room < missing || (isDrained && head > 0 && room < Self.roomBytesMin) {
      let needed = tail - head + missing
      // Moving a lot of unread frames for a little room would cost more than it brings.
      let isCheap = isDrained || (head >= chunk.capacity / 2 && needed <= Self.bytesMax)
      guard isCheap || needed <= bytesMax else { return nil }
      move(capacity: max(isCheap ? Self.bytesMax : min(2 * chunk.capacity, bytesMax), needed))
    }
    return UnsafeMutableRawBufferPointer(start: chunk.base + tail, count: chunk.capacity - tail)
  }

  /// Less room than this is not worth a system call.
  private static let roomBytesMin = 4096

  /// Bytes that the frame under way needs at least to be whole.
  private var missingBytes: Int {
    let partial = tail - sorted
    guard partial >= FrameHeader.byteCount else { return FrameHeader.byteCount - partial }
    return FrameHeader(at: chunk.base + sorted).frameByteCount - partial
  }

  private mutating func restart() {
    if !isKnownUniquelyReferenced(&chunk) || chunk.capacity > Self.bytesMax {
      chunk = InboxChunk(capacity: Self.bytesMax)
    }
    head = 0
    sorted = 0
    tail = 0
  }

  /// Moves what is unread to the start, into new memory if a frame still needs the old.
  private mutating func move(capacity: Int) {
    let unread = tail - head
    if capacity == chunk.capacity, isKnownUniquelyReferenced(&chunk) {
      chunk.base.copyMemory(from: chunk.base + head, byteCount: unread)
    } else {
      let fresh = InboxChunk(capacity: capacity)
      fresh.base.copyMemory(from: chunk.base + head, byteCount: unread)
      chunk = fresh
    }
    sorted -= head
    tail = unread
    head = 0
  }

  /// Records bytes that were read into `room()`.
  mutating func filled(_ byteCount: Int) {
    tail += byteCount
  }

  /// The header of the next whole frame that nobody has looked at yet; the frame is handed out by `next()` unless it is
  /// withdrawn.
  mutating func sortNext() -> FrameHeader? {
    guard tail - sorted >= FrameHeader.byteCount else { return nil }
    let header = FrameHeader(at: chunk.base + sorted)
    // Type 0 is reserved; here it marks a frame that was withdrawn.
    guard header.size <= payloadBytesMax, header.type != 0 else {
      isBroken = true
      return nil
    }
    guard tail - sorted >= header.frameByteCount else { return nil }
    lastSorted = sorted
    sorted += header.frameByteCount
    count += 1
    return header
  }

  /// The frame whose header `sortNext()` gave last.
  var lastSortedFrame: Frame {
    Frame(
      header: FrameHeader(at: chunk.base + lastSorted), chunk: chunk, payloadOffset: lastSorted + FrameHeader.byteCount)
  }

  /// Takes that frame out of those that are handed out.
  mutating func withdrawLastSorted() {
    // The reserved id marks a frame that nobody wants.
    (chunk.base + lastSorted).storeBytes(of: 0, toByteOffset: FrameHeader.Offset.type, as: UInt16.self)
    count -= 1
    if count == 0 { head = sorted }
  }

  /// The next frame; nil if there is none.
  @inline(__always)
  mutating func next() -> Frame? {
    while count > 0 {
      let header = FrameHeader(at: chunk.base + head)
      let offset = head + FrameHeader.byteCount
      head += header.frameByteCount
      guard header.type != 0 else { continue }
      count -= 1
      if count == 0 { head = sorted }
      return Frame(header: header, chunk: chunk, payloadOffset: offset)
    }
    return nil
  }

  /// Forgets the frames that wait; one that is under way goes on to arrive.
  mutating func removeAll() {
    head = sorted
    count = 0
  }

  /// Forgets a frame that arrived in part: its connection is gone.
  mutating func dropPartialFrame() {
    tail = sorted
    isBroken = false
    payloadBytesMax = Self.payloadBytesMaxBeforeWelcome
  }
}
