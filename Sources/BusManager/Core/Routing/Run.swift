import BusWire

/// Neighbouring whole frames that go to the same receivers and lanes.
struct Run: BitwiseCopyable {
  let bytes: UnsafeRawPointer
  /// What its frames have in common; nil before the first.
  let word: RouteWord?
  /// Whether it lies in the buffer that frames are read into.
  let isInScratch: Bool
  private(set) var byteCount = 0
  private(set) var frameCount = 0
  private var lastFrameBytes = 0

  @inline(__always)
  init(bytes: UnsafeRawPointer, word: RouteWord? = nil, isInScratch: Bool = true) {
    self.bytes = bytes
    self.word = word
    self.isInScratch = isInScratch
  }

  /// A run of one frame.
  @inline(__always)
  init(frameAt bytes: UnsafeRawPointer, isInScratch: Bool = true) {
    self.init(bytes: bytes, word: RouteWord(at: bytes), isInScratch: isInScratch)
    add(FrameHeader(at: bytes).frameByteCount)
  }

  @inline(__always)
  mutating func add(_ frameBytes: Int) {
    byteCount &+= frameBytes
    frameCount &+= 1
    lastFrameBytes = frameBytes
  }

  /// Its first frames.
  func prefix(_ count: Int) -> Run {
    var prefix = Run(bytes: bytes, word: word, isInScratch: isInScratch)
    while prefix.frameCount < count { prefix.add(FrameHeader(at: bytes + prefix.byteCount).frameByteCount) }
    return prefix
  }

  var lastFrame: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes + (byteCount - lastFrameBytes), count: lastFrameBytes)
  }

  func forEachFrame(_ body: (UnsafeRawBufferPointer) -> Void) {
    var offset = 0
    while offset < byteCount {
      let frame = UnsafeRawBufferPointer(
        start: bytes + offset, count: FrameHeader(at: bytes + offset).frameByteCount)
      body(frame)
      offset += frame.count
    }
  }
}
