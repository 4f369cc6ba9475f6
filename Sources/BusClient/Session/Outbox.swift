import BusWire

/// Frames that wait to be sent, side by side, so that one write takes them all.
struct Outbox: ~Copyable {
  /// Bytes that may wait; a single larger frame may wait alone.
  static let bytesMax = 256 << 10

  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private var head = 0
  private var tail = 0

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
    }
  }

  /// Whether a frame may be added now.
  func hasRoom(for frameBytes: Int) -> Bool { isEmpty || byteCount + frameBytes <= Self.bytesMax }

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

  /// Forgets everything: the connection is gone.
  ///
  /// - Returns: how many bytes were not sent.
  mutating func removeAll() -> Int {
    let unsent = byteCount
    head = 0
    tail = 0
    return unsent
  }
}
