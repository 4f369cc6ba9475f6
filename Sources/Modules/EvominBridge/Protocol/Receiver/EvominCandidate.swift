/// The bytes that may become a frame, bounded by the longest one. Its first byte is dropped when no frame begins there,
/// and the others are looked at again.
struct EvominCandidate: Sendable {
  enum Step {
    /// All bytes have been looked at.
    case more
    /// The last byte looked at was a checksum, and right; `isLast` if no byte waits behind it.
    case checked(isLast: Bool)
    case frame(EvominFrame)
    /// A byte that belongs to no frame.
    case dropped(UInt8, wrongChecksum: Bool)
  }

  private static let capacity = 2 * EvominFrame.wireBytesMax

  private let payloadBytesMax: Int
  /// Bytes before `first` are done with; those before `parsed` are what the parser has seen.
  private var bytes = [UInt8]()
  private var first = 0
  private var parsed = 0
  private var parser: EvominParser

  init(payloadBytesMax: Int) {
    precondition(0...EvominFrame.payloadBytesMax ~= payloadBytesMax, "a frame has at most 50 bytes of payload")
    self.payloadBytesMax = payloadBytesMax
    parser = EvominParser(payloadBytesMax: payloadBytesMax)
    bytes.reserveCapacity(Self.capacity)
  }

  var isEmpty: Bool { first == bytes.count }

  /// Takes a byte from the line; all steps must have been taken before.
  mutating func append(_ byte: UInt8) {
    if first > 0 && (isEmpty || bytes.count == Self.capacity) { forget() }
    bytes.append(byte)
  }

  /// Goes on until something is known, or all bytes are looked at.
  mutating func next() -> Step {
    while parsed < bytes.count {
      let byte = bytes[parsed]
      parsed += 1
      switch parser.take(byte) {
      case .more: continue
      case .checked: return .checked(isLast: parsed == bytes.count)
      case .complete: return .frame(takeFrame())
      case .wrongChecksum: return .dropped(dropFirst(), wrongChecksum: true)
      case .notAFrame: return .dropped(dropFirst(), wrongChecksum: false)
      }
    }
    return .more
  }

  /// Gives up what begins at the first byte; `next` looks at the others again.
  mutating func dropFirst() -> UInt8 {
    defer { restart(at: first + 1) }
    return bytes[first]
  }

  /// Forgets everything.
  mutating func removeAll() { restart(at: bytes.count) }

  /// The frame whose checksum the parser has just found right; it is done with.
  mutating func takeFrame() -> EvominFrame {
    var payload = EvominPayload()
    var run = EvominRun()
    var index = first + EvominByte.startBytes + 2
    while payload.count < parser.length {
      if run.isPair {
        run = EvominRun()
      } else {
        payload.append(bytes[index])
        run.add(bytes[index])
      }
      index += 1
    }
    let frame = EvominFrame(EvominCommand(rawValue: parser.command), received: payload)
    restart(at: parsed)
    return frame
  }

  private mutating func restart(at index: Int) {
    first = index
    parsed = index
    parser = EvominParser(payloadBytesMax: payloadBytesMax)
  }

  /// Makes room.
  private mutating func forget() {
    bytes.removeSubrange(0..<first)
    parsed -= first
    first = 0
  }
}
