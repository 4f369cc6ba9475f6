import BusWire

/// What is said about jobs: frames that may be sent again as they were, or for the first time by a later process.
extension Bus {
  /// Repeats something to whoever asks, as far as that goes now. It is not kept a second time.
  func repeatWord(_ word: JobLedger.Word) {
    let frame = frame(word)
    // Whoever asked asks again if it does not go now.
    guard isConnected, outbox.hasRoom(for: frame.count) else { return }
    frame.withUnsafeBytes { sendAsItWas($0) }
  }

  /// Keeps what an earlier process of this module said, for this manager and the next.
  func sendAgain(_ word: JobLedger.Word, of type: FrameType) {
    declare(type, sends: true)
    frame(word).withUnsafeBytes { history.keep($0, depth: declarations.depth(of: type.id), isSent: true) }
    repeatWord(word)
  }

  private func frame(_ word: JobLedger.Word) -> [UInt8] {
    var header = FrameHeader(
      size: UInt32(clamping: word.payload.count), type: word.type, flags: FrameFlags().with(.normal),
      instance: configuration.instance, timestamp: word.isKept ? word.timestamp : nextTimestamp())
    if word.isKept { header.flags.formUnion([.retain, .retained]) }
    var frame = [UInt8](repeating: 0, count: FrameHeader.byteCount) + word.payload
    frame.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    return frame
  }

  /// Now, but later than every frame before: by its time stamp a frame that is kept is distinguished from all others.
  func nextTimestamp() -> UInt64 { history.timestamp(now: link.wallTime) }
}

extension UInt32 {
  /// As a frame carries it.
  var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) } }

  /// The first field of a frame of a job; nil if there is not enough of it.
  init?(firstOf payload: RawSpan) {
    guard payload.byteCount >= 4 else { return nil }
    self = (0..<4).reduce(0) { $0 | UInt32(payload.unsafeLoad(fromByteOffset: $1, as: UInt8.self)) << (UInt32($1) * 8) }
  }
}
