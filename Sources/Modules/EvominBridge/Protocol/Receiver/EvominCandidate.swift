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
  /// Bytes before it belong to a frame that has been delivered.
  private var delivered = 0
  private var parser: EvominParser

  init(payloadBytesMax: Int) {
    precondition(0...EvominFrame.payloadBytesMax ~= payloadBytesMax, "a frame has at most 50 bytes of payload")
    self.payloadBytesMax = payloadBytesMax
    parser = EvominParser(payloadBytesMax: payloadBytesMax)
    bytes.reserveCapacity(Self.capacity)
  }

  var isEmpty: Bool { first == bytes.count }

  /// Whether it begins inside of a frame that has been delivered, and goes on behind its end.
  var isOverlap: Bool { first < delivered }

  /// Takes a byte from the line; all steps must have been taken before.
  mutating func append(_ byte: UInt8) {
    if first > 0 && (isEmpty || bytes.count == Self.capacity) { forget() }
    bytes.append(byte)
  }

  /// Goes on until something is known, or all bytes are looked at.
  mutating func next() -> Step {
    while parsed < bytes.count {
      let step = parser.take(bytes[parsed])
      parsed += 1
      switch step {
      case .more: continue
      case .checked: return .checked(isLast: parsed == bytes.count)
      case .complete: return .frame(deliver())
      case .wrongChecksum, .notAFrame:
        if let byte = giveUp() { return .dropped(byte, wrongChecksum: step == .wrongChecksum) }
      }
    }
    return .more
  }

  /// Gives up what begins at the first byte; `next` looks at the others again.
  ///
  /// - Returns: the byte, unless it belongs to a frame that has been delivered.
  mutating func giveUp() -> UInt8? {
    if isOverlap {
      lookInside(from: first + 1)
      return nil
    }
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

  private mutating func deliver() -> EvominFrame {
    let start = first
    let frame = takeFrame()
    delivered = first
    lookInside(from: start + 1)
    return frame
  }

  /// Looks for a frame that begins inside of the one just delivered and goes on behind its end.
  ///
  /// A damaged frame passes for a good one once in 65,536 times, and may take the start of an intact one with it. In a
  /// good frame only the command AA behind the start, or the checksum AA behind a pair, look like another start.
  private mutating func lookInside(from index: Int) {
    for start in index..<max(index, delivered - EvominByte.startBytes + 1) where bytes[start] == EvominByte.start {
      restart(at: start)
      if goesOn(behind: delivered) { return }
    }
    restart(at: delivered)
  }

  private mutating func goesOn(behind end: Int) -> Bool {
    while parsed < end {
      let step = parser.take(bytes[parsed])
      parsed += 1
      guard step == .more || step == .checked else { return false }
    }
    return true
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
    delivered = max(0, delivered - first)
    first = 0
  }
}
