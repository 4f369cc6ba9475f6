import BusWire

/// What was read and is not routed yet: the buffer that all connections share, and the bytes of each that had to stay.
struct Intake: ~Copyable {
  /// What a session has sent so far of frames that are not routed.
  struct Pending: ~Copyable {
    /// The start of a frame, or all that followed a full receiver.
    var bytes = ByteQueue()
    /// The size of the large frame that is gathered in `bytes`, with its header.
    var largeFrameBytes: Int?
  }

  private static let scratchBytes = 256 << 10
  /// A frame of more than this is gathered in blocks instead of the scratch buffer.
  static let largeFrameBytes = 32 << 10

  /// What was read last; frames are routed from here.
  private let scratch: UnsafeMutableRawBufferPointer
  private var sessions = SlotTable<Pending>()
  private let bytesMax: Int
  /// Bytes of all sessions together that are not routed yet.
  private var byteCount = 0

  /// What a session may send at least at a time, however much others have sent that is not routed.
  private static let roomMin = 16 << 10

  /// - Parameter bytesMax: with this many bytes that are not routed yet, only little more is read from each session.
  init(bytesMax: Int) {
    self.bytesMax = bytesMax
    scratch = .allocate(byteCount: Self.scratchBytes, alignment: 64)
  }

  deinit { scratch.deallocate() }

  mutating func open(_ id: SessionID) { sessions.open(id, Pending()) }

  /// Forgets what a session has sent.
  mutating func removeAll(of id: SessionID, _ pool: inout BlockPool) {
    byteCount -= sessions[id].bytes.count
    sessions[id].bytes.removeAll(&pool)
    sessions[id].largeFrameBytes = nil
  }

  /// Bytes of a session that are not routed yet.
  func count(of id: SessionID) -> Int { sessions[id].bytes.count }

  /// The room for the next bytes of a session.
  @inline(__always)
  func room(for id: SessionID) -> UnsafeMutableRawBufferPointer {
    let pending = sessions[id].bytes.count
    let room = max(Self.roomMin, bytesMax &- byteCount)
    if let frame = sessions[id].largeFrameBytes {
      return UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(frame &- pending, scratch.count, room)])
    }
    let end = room < scratch.count &- pending ? pending &+ room : scratch.count
    return UnsafeMutableRawBufferPointer(rebasing: scratch[pending..<end])
  }

  /// All bytes of a session in order, in the scratch buffer: what was left over, and behind it what was read now.
  mutating func take(_ readCount: Int, of id: SessionID, _ pool: inout BlockPool) -> UnsafeMutableRawBufferPointer {
    let count = sessions[id].bytes.count
    if count > 0 {
      sessions[id].bytes.copy(to: scratch.baseAddress!, byteCount: count)
      sessions[id].bytes.removeAll(&pool)
      byteCount &-= count
    }
    return UnsafeMutableRawBufferPointer(rebasing: scratch[..<(count + readCount)])
  }

  /// Keeps bytes that cannot be routed yet.
  ///
  /// - Returns: the size of the frame that they begin with if it is one to be gathered.
  mutating func keep(_ rest: UnsafeRawBufferPointer, of id: SessionID, _ pool: inout BlockPool) -> Int? {
    sessions[id].bytes.append(rest.baseAddress!, rest.count, &pool)
    byteCount &+= rest.count
    guard rest.count >= FrameHeader.byteCount else { return nil }
    let frame = FrameHeader(at: rest.baseAddress!).frameByteCount
    return frame > Self.largeFrameBytes ? frame : nil
  }

  // MARK: Large frames

  /// The size of the large frame that a session is sending.
  func largeFrame(of id: SessionID) -> Int? { sessions[id].largeFrameBytes }

  mutating func gather(_ frameBytes: Int, of id: SessionID) { sessions[id].largeFrameBytes = frameBytes }

  /// Adds what was read to a large frame.
  mutating func addToLargeFrame(_ readCount: Int, of id: SessionID, _ pool: inout BlockPool) {
    sessions[id].bytes.append(scratch.baseAddress!, readCount, &pool)
    byteCount += readCount
  }

  /// The header of a large frame that is there as a whole.
  func wholeLargeFrame(of id: SessionID) -> FrameHeader? {
    sessions[id].bytes.count == sessions[id].largeFrameBytes ? sessions[id].bytes.frontHeader() : nil
  }

  /// A large frame in one piece; the caller gives the memory back.
  func copyLargeFrame(of id: SessionID) -> UnsafeMutableRawBufferPointer {
    let count = sessions[id].bytes.count
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    sessions[id].bytes.copy(to: bytes.baseAddress!, byteCount: count)
    return bytes
  }
}
