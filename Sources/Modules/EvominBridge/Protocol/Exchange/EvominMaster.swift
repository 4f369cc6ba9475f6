/// One exchange of a master with its slave, byte by byte: while a byte goes out, one comes in.
///
///     var received: UInt8?
///     while let byte = master.next(received: received) { received = bus.transfer(byte) }
public struct EvominMaster: Sendable {
  /// How an exchange ended.
  public enum Outcome: Equatable, Sendable {
    /// The slave has the frame, and this is its reply; it has no checksum.
    case acknowledged(reply: EvominPayload)
    case failed(EvominFailure)
  }

  private enum Phase {
    case frame, acknowledgement, replyLength, reply, final, extra, over
  }

  private let style: EvominMasterStyle
  private let replyBytesMax: Int
  private let wire: EvominWire
  private var phase = Phase.frame
  private var sentBytes = 0
  private var replyBytes = 0
  private var reply = EvominPayload()
  private var result: Outcome?

  /// - Parameter replyBytesMax: a longer reply is refused; at most 51 bytes.
  public init(_ frame: EvominFrame, style: EvominMasterStyle = .python, replyBytesMax: Int = EvominPayload.bytesMax) {
    precondition(0...EvominPayload.bytesMax ~= replyBytesMax, "a reply has at most 51 bytes")
    self.style = style
    self.replyBytesMax = replyBytesMax
    var wire = EvominWire()
    frame.encode(into: &wire)
    self.wire = wire
  }

  /// How the exchange ended; nil while it goes on.
  public var outcome: Outcome? { phase == .over ? result : nil }

  /// Takes the byte that came while the last one went out; nil before the first.
  ///
  /// - Returns: the byte to send; nil at the end.
  public mutating func next(received: UInt8?) -> UInt8? {
    let received = received ?? 0
    switch phase {
    case .frame: return nextOfFrame()
    case .acknowledgement: return afterAcknowledgement(received)
    case .replyLength: return afterReplyLength(received)
    case .reply: return afterReplyByte(received)
    case .final:
      phase = style.sendsExtraByte ? .extra : .over
      return style.sendsExtraByte ? EvominByte.dummy : nil
    case .extra, .over:
      phase = .over
      return nil
    }
  }

  private mutating func nextOfFrame() -> UInt8 {
    guard sentBytes < wire.count else {
      phase = .acknowledgement
      return EvominByte.end
    }
    defer { sentBytes += 1 }
    return wire[sentBytes]
  }

  private mutating func afterAcknowledgement(_ received: UInt8) -> UInt8 {
    guard received == EvominByte.acknowledge else {
      return end(.failed(received == EvominByte.refuse ? .refused : .noAnswer))
    }
    phase = .replyLength
    return EvominByte.end
  }

  private mutating func afterReplyLength(_ received: UInt8) -> UInt8 {
    replyBytes = Int(received)
    guard replyBytes > 0 else { return end(.acknowledged(reply: reply)) }
    phase = .reply
    sentBytes = 1
    return EvominByte.dummy
  }

  /// A reply that is too long is fetched to its end, so that the slave is ready for the next frame, but not kept.
  private mutating func afterReplyByte(_ received: UInt8) -> UInt8 {
    if replyBytes <= replyBytesMax { reply.append(received) }
    guard sentBytes < replyBytes else {
      return end(
        replyBytes <= replyBytesMax ? .acknowledged(reply: reply) : .failed(.replyTooLong(bytes: replyBytes)))
    }
    sentBytes += 1
    return EvominByte.dummy
  }

  private mutating func end(_ outcome: Outcome) -> UInt8 {
    result = outcome
    phase = .final
    if case .acknowledged = outcome { return style.successByte }
    if case .failed(.replyTooLong) = outcome { return style.successByte }
    return style.failureByte
  }
}
