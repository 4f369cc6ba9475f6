import BusWire

/// One of the bus's own frames as a client may send it.
enum ControlFrame {
  case declare(Declare)
  case listen(ListenSet)
  case ping(token: UInt64)
  case pong
  case goodbye(reason: String)
  case schemaRequest
  case statusRequest

  /// Whether its header is one of a frame that may be here, before its payload is waited for.
  ///
  /// - Parameter size: the bytes of payload that it announces.
  static func check(_ size: Int, _ word: RouteWord) throws(Refusal) {
    if word.type == 0 { throw Refusal(.malformed, "frame id 0 means all frames and cannot be sent") }
    if word.type < FrameType.firstBusID {
      throw Refusal(
        .malformed,
        "a frame of type \(word.type) has flags that a client may not set: bit 7, or bit 1 without bit 6")
    }
    // Only a DECLARE may be so large that it has to be gathered.
    let bytesMax =
      word.type == Declare.frameType.id
      ? ManagerLimits.busPayloadBytesMax : Intake.largeFrameBytes - FrameHeader.byteCount
    if size > bytesMax {
      throw Refusal(
        .tooLarge, "a bus frame of type \(word.type) announces \(size) bytes of payload, the limit is \(bytesMax)")
    }
  }

  /// - Parameter frame: header and payload.
  static func read(_ frame: UnsafeRawBufferPointer) throws(Refusal) -> ControlFrame {
    let header = FrameHeader(at: frame.baseAddress!)
    let known: ControlFrame?
    do throws(CodecError) {
      let payload = UnsafeRawBufferPointer(rebasing: frame[FrameHeader.byteCount...])
      known = try read(header, RawSpan(_unsafeBytes: payload))
    } catch {
      throw Refusal(.malformed, "bus frame of type \(header.type): \(error)")
    }
    if let known { return known }
    if header.type == Hello.frameType.id { throw Refusal(.malformed, "HELLO came a second time") }
    throw Refusal(.notAllowed, "clients may not send bus frames of type \(header.type)")
  }

  private static func read(_ header: FrameHeader, _ payload: RawSpan) throws(CodecError) -> ControlFrame? {
    switch header.type {
    case Declare.frameType.id: return .declare(try Declare(payload: payload))
    case Listen.frameType.id: return .listen(ListenSet(try Listen(payload: payload).entries))
    case Ping.frameType.id: return .ping(token: try Ping(payload: payload).token)
    case Pong.frameType.id:
      _ = try Pong(payload: payload)
      return .pong
    case Goodbye.frameType.id: return .goodbye(reason: try Goodbye(payload: payload).text)
    case Schema.frameType.id where header.flags.contains(.request): return .schemaRequest
    case BusStatus.frameType.id where header.flags.contains(.request): return .statusRequest
    default: return nil
    }
  }
}
