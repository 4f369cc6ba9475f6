import BusWire

/// Neighbouring whole frames that go to the same receivers and lanes.
struct Run: BitwiseCopyable {
  let bytes: UnsafeRawPointer
  /// What its frames have in common; nil before the first.
  let word: RouteWord?
  private(set) var byteCount = 0
  private(set) var frameCount = 0
  private var lastFrameBytes = 0

  @inline(__always)
  init(bytes: UnsafeRawPointer, word: RouteWord? = nil) {
    self.bytes = bytes
    self.word = word
  }

  /// A run of one frame.
  @inline(__always)
  init(frameAt bytes: UnsafeRawPointer) {
    self.init(bytes: bytes, word: RouteWord(at: bytes))
    add(FrameHeader(at: bytes).frameByteCount)
  }

  @inline(__always)
  mutating func add(_ frameBytes: Int) {
    byteCount &+= frameBytes
    frameCount &+= 1
    lastFrameBytes = frameBytes
  }

  var lastFrame: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes + (byteCount - lastFrameBytes), count: lastFrameBytes)
  }

  func forEachFrame(_ body: (FrameHeader) -> Void) {
    var offset = 0
    while offset < byteCount {
      let header = FrameHeader(at: bytes + offset)
      body(header)
      offset += header.frameByteCount
    }
  }
}
