/// Follows one candidate for a frame, byte by byte from its first start byte on.
struct EvominParser {
  enum Step {
    case more
    /// The checksum is right; what is missing is the end byte.
    case checked
    /// This was the end byte.
    case complete
    case wrongChecksum
    /// No frame goes on like this.
    case notAFrame
  }

  private enum Expected {
    case start, command, length, payload, checksum, end
  }

  private let payloadBytesMax: Int
  private var expected = Expected.start
  private var startBytes = 0
  private var payloadBytes = 0
  private var run = EvominRun()
  private var checksum = EvominChecksum()
  private(set) var command: UInt8 = 0
  private(set) var length = 0

  init(payloadBytesMax: Int) {
    self.payloadBytesMax = payloadBytesMax
  }

  mutating func take(_ byte: UInt8) -> Step {
    switch expected {
    case .start: return takeStart(byte)
    case .command:
      command = byte
      checksum.add(byte)
      expected = .length
      return .more
    case .length: return takeLength(byte)
    case .payload: return takePayload(byte)
    case .checksum:
      expected = .end
      return byte == checksum.value ? .checked : .wrongChecksum
    case .end: return byte == EvominByte.end ? .complete : .notAFrame
    }
  }

  private mutating func takeStart(_ byte: UInt8) -> Step {
    guard byte == EvominByte.start else { return .notAFrame }
    startBytes += 1
    if startBytes == EvominByte.startBytes { expected = .command }
    return .more
  }

  private mutating func takeLength(_ byte: UInt8) -> Step {
    guard byte <= payloadBytesMax else { return .notAFrame }
    length = Int(byte)
    checksum.add(byte)
    expected = length == 0 ? .checksum : .payload
    return .more
  }

  private mutating func takePayload(_ byte: UInt8) -> Step {
    if run.isPair {
      // A third start byte is never a stuff byte: a new frame begins. Any other value passes, as it does with the
      // libraries; the checksum decides.
      guard byte != EvominByte.start else { return .notAFrame }
      run = EvominRun()
      return .more
    }
    run.add(byte)
    checksum.add(byte)
    payloadBytes += 1
    if payloadBytes == length { expected = .checksum }
    return .more
  }
}
