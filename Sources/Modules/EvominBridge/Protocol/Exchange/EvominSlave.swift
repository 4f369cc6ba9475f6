/// A slave's part of the exchanges with its master, byte by byte: each byte from the master decides which byte goes out
/// with the next one.
///
///     output = slave.next(received: byte)
///     if let frame = slave.takeFrame() { try slave.reply(answer(to: frame)) }
public struct EvominSlave: Sendable {
  private enum Phase {
    /// Looks for a frame.
    case frame
    /// Acknowledged; the first end byte comes.
    case firstEnd
    /// The reply's length is loaded; the second end byte comes.
    case secondEnd
    case reply
    case final
  }

  /// What goes out when nothing is to be said; neither an acknowledgement nor a length.
  public static let idleByte: UInt8 = 0x00

  /// What it has seen.
  public private(set) var counters = EvominReceiverCounters()
  private var candidate: EvominCandidate
  private var phase = Phase.frame
  private var received: EvominFrame?
  private var reply = EvominPayload()
  private var repliedBytes = 0

  /// - Parameter payloadBytesMax: a longer frame is noise; at most 50.
  public init(payloadBytesMax: Int = EvominFrame.payloadBytesMax) {
    candidate = EvominCandidate(payloadBytesMax: payloadBytesMax)
  }

  /// Takes a byte from the master.
  ///
  /// - Returns: the byte that goes out while the next one comes in.
  public mutating func next(received byte: UInt8) -> UInt8 {
    switch phase {
    case .frame: return search(byte)
    case .firstEnd:
      guard byte == EvominByte.end else { return search(byte) }
      received = nil
      phase = .secondEnd
      return UInt8(reply.count)
    case .secondEnd:
      // A master that missed the acknowledgement sends something else, and no more.
      guard byte == EvominByte.end else { return search(byte) }
      phase = .reply
      return nextOfReply()
    case .reply:
      guard byte != EvominByte.start else { return search(byte) }
      return nextOfReply()
    case .final:
      // Each library ends an exchange with another byte, but neither with the start of a frame.
      guard byte != EvominByte.start else { return search(byte) }
      phase = .frame
      return Self.idleByte
    }
  }

  /// The frame that has just come with the right checksum, once.
  public mutating func takeFrame() -> EvominFrame? {
    defer { received = nil }
    return received
  }

  /// Replies to the frame that has just come, before the next byte comes; a second reply replaces the first.
  ///
  /// - Throws: `EvominError.tooLong` over 50 bytes, which is what masters take; `.nothingToReplyTo` at any other time.
  @inlinable
  public mutating func reply(_ bytes: some Collection<UInt8>) throws(EvominError) {
    guard bytes.count <= EvominFrame.payloadBytesMax else {
      throw .tooLong(bytes: bytes.count, bytesMax: EvominFrame.payloadBytesMax)
    }
    try load(EvominPayload(bytes))
  }

  @usableFromInline
  mutating func load(_ payload: EvominPayload) throws(EvominError) {
    guard phase == .firstEnd else { throw .nothingToReplyTo }
    reply = payload
  }

  /// Breaks off the exchange: the master has let go of the slave's select line.
  public mutating func reset() {
    candidate.removeAll()
    phase = .frame
    received = nil
  }

  private mutating func nextOfReply() -> UInt8 {
    guard repliedBytes < reply.count else {
      phase = .final
      return Self.idleByte
    }
    defer { repliedBytes += 1 }
    return reply[repliedBytes]
  }

  private mutating func search(_ byte: UInt8) -> UInt8 {
    phase = .frame
    received = nil
    candidate.append(byte)
    var output = Self.idleByte
    while true {
      switch candidate.next() {
      case .more: return output
      case .checked(isLast: true):
        accept(candidate.takeFrame())
        return EvominByte.acknowledge
      case .checked, .frame: continue
      case .dropped(_, let wrongChecksum):
        counters.bytesSkipped += 1
        if wrongChecksum {
          counters.checksumErrors += 1
          output = EvominByte.refuse
        }
      }
    }
  }

  private mutating func accept(_ frame: EvominFrame) {
    counters.frames += 1
    received = frame
    reply = EvominPayload()
    repliedBytes = 0
    phase = .firstEnd
  }
}
