import BusWire

/// The first frame of a connection, which must be HELLO.
enum Handshake {
  /// Names and versions have bounds; more than this is no HELLO of any version.
  private static let helloBytesMax = 4096

  /// - Returns: what a client says of itself, and the bytes of that; nil until the whole frame is there.
  static func read(_ bytes: UnsafeRawBufferPointer) throws(Refusal) -> (hello: Hello, byteCount: Int)? {
    guard bytes.count >= FrameHeader.byteCount, let base = bytes.baseAddress else { return nil }
    let header = FrameHeader(at: base)
    guard header.type == Hello.frameType.id else { throw .noHello }
    guard header.size <= helloBytesMax else { throw .helloTooLarge(Int(header.size), max: helloBytesMax) }
    guard bytes.count >= header.frameByteCount else { return nil }
    let payload = RawSpan(
      _unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[FrameHeader.byteCount..<header.frameByteCount]))
    return (try read(payload), header.frameByteCount)
  }

  private static func read(_ payload: RawSpan) throws(Refusal) -> Hello {
    guard payload.byteCount >= 2 else { throw Refusal(.malformed, "HELLO has no protocol version") }
    let version = payload.unsafeLoadUnaligned(as: UInt16.self)
    guard version == WireProtocol.version else {
      throw Refusal(
        .version,
        "this manager speaks version \(WireProtocol.version) of the wire protocol, the client version \(version); update the older of the two"
      )
    }
    let hello: Hello
    do throws(CodecError) {
      hello = try Hello(payload: payload)
    } catch {
      throw Refusal(.malformed, "HELLO: \(error)")
    }
    guard WireProtocol.isValidName(hello.name) else {
      throw Refusal(.malformed, "'\(hello.name)' is no module name; use 1 to 64 letters, digits and ._-")
    }
    return hello
  }
}
