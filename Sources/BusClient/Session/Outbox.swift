import BusWire

/// Frames of one connection that wait to be sent, side by side, so that one write takes them all. It numbers them.
struct Outbox: ~Copyable {
  /// Bytes that may wait; a single larger frame may wait alone.
  static let bytesMax = 256 << 10

  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private var head = 0
  private var tail = 0
  /// The number of the next frame of the module's.
  private var sequence: UInt32 = 0
  /// Frames of the module's that were added since it was empty last; some of them may have gone out already.
  private var frames = 0

  init() {
    capacity = Self.bytesMax
    base = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  var byteCount: Int { tail - head }
  var isEmpty: Bool { head == tail }

  /// What is to be written next.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + head, count: tail - head) }

  mutating func sent(_ byteCount: Int) {
    head += byteCount
    if head == tail {
      head = 0
      tail = 0
      frames = 0
    }
  }

  /// Whether a frame may be added now.
  func hasRoom(for frameBytes: Int) -> Bool { isEmpty || byteCount + frameBytes <= Self.bytesMax }

  /// Whether a frame fits behind the others without moving any.
  func hasRoomBehind(_ frameBytes: Int) -> Bool {
    frameBytes <= capacity &- tail && byteCount &+ frameBytes <= Self.bytesMax
  }

  /// Writes the header of a frame of the module's that has room behind the others, under the next number.
  ///
  /// - Returns: where its payload goes; `end` adds the frame then.
  mutating func begin(_ header: FrameHeader) -> UnsafeMutableRawBufferPointer {
    var header = header
    header.sequence = sequence
    header.store(at: base + tail)
    return UnsafeMutableRawBufferPointer(start: base + tail + FrameHeader.byteCount, count: Int(header.size))
  }

  /// Adds the frame that was begun last.
  mutating func end(_ payload: UnsafeMutableRawBufferPointer) {
    let isLast = payload.baseAddress == base + tail + FrameHeader.byteCount
    precondition(isLast, "a frame is sent by the encoding of another")
    tail &+= FrameHeader.byteCount &+ payload.count
    sequence &+= 1
    frames &+= 1
  }

  /// The number of the frame of the module's that was added last.
  var lastSequence: UInt32 { sequence &- 1 }

  /// Adds a frame of the module's, under the next number.
  ///
  /// - Parameter encode: writes the payload; if it throws, nothing is added.
  mutating func appendNumbered(
    _ header: FrameHeader, encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(CodecError) {
    var header = header
    header.sequence = sequence
    try append(header, encode: encode)
    sequence &+= 1
    frames += 1
  }

  /// Adds a frame of the module's that was encoded before; only its number is new.
  mutating func appendAsItWas(_ frame: UnsafeRawBufferPointer, without flags: FrameFlags = []) {
    var header = FrameHeader(at: frame.baseAddress!)
    header.flags.subtract(flags)
    // What was encoded once fits.
    try? appendNumbered(header) { writer throws(CodecError) in
      writer.append(bytes: UnsafeRawBufferPointer(rebasing: frame[FrameHeader.byteCount...]))
    }
  }

  /// Adds a frame.
  ///
  /// - Parameter encode: writes the payload; if it throws, nothing is added.
  mutating func append(
    _ header: FrameHeader, encode: (inout PayloadWriter) throws(CodecError) -> Void
  ) throws(CodecError) {
    makeRoom(header.frameByteCount)
    let frame = UnsafeMutableRawBufferPointer(start: base + tail, count: header.frameByteCount)
    header.store(at: frame.baseAddress!)
    var writer = PayloadWriter(UnsafeMutableRawBufferPointer(rebasing: frame[FrameHeader.byteCount...]))
    try encode(&writer)
    tail += header.frameByteCount
  }

  /// The bytes of the frame that was added last.
  func lastFrame(_ frameBytes: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + (tail - frameBytes), count: frameBytes)
  }

  private mutating func makeRoom(_ frameBytes: Int) {
    if frameBytes <= capacity - tail { return }
    let unsent = byteCount
    if unsent + frameBytes <= capacity {
      base.copyMemory(from: base + head, byteCount: unsent)
    } else {
      let larger = UnsafeMutableRawPointer.allocate(byteCount: unsent + frameBytes, alignment: 16)
      larger.copyMemory(from: base + head, byteCount: unsent)
      base.deallocate()
      base = larger
      capacity = unsent + frameBytes
    }
    head = 0
    tail = unsent
  }

  /// Forgets everything: the connection is gone, and the next one counts anew.
  ///
  /// - Returns: how many frames of the module's were not sent at most.
  mutating func removeAll() -> Int {
    defer { frames = 0 }
    head = 0
    tail = 0
    sequence = 0
    return frames
  }
}
