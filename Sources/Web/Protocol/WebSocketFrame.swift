/// A message to or from a browser, whole.
package enum WebMessage: Equatable, Sendable {
  case text(String)
  case binary([UInt8])
}

/// A message as it goes out, one frame; made once for all who get it.
package struct EncodedMessage: Sendable {
  let bytes: [UInt8]

  package init(_ message: WebMessage) {
    switch message {
    case .text(let text): bytes = FrameStart.bytes(.text, Array(text.utf8))
    case .binary(let data): bytes = FrameStart.bytes(.binary, data)
    }
  }
}

/// What a frame is for (RFC 6455 section 5.2).
enum Opcode: UInt8 {
  case continuation = 0
  case text = 1
  case binary = 2
  case close = 8
  case ping = 9
  case pong = 10

  var isControl: Bool { rawValue >= 8 }
}

/// The start of a frame from a client: up to 14 bytes before its payload.
struct FrameStart {
  let isFinal: Bool
  let opcode: Opcode
  let length: UInt64
  let mask: [UInt8]

  static let controlBytesMax = 125

  /// How many bytes there are until the payload, as far as is known from the first ones.
  static func byteCount(_ bytes: [UInt8]) -> Int {
    guard bytes.count >= 2 else { return 2 }
    return switch bytes[1] & 0x7F {
    case 126: 8
    case 127: 14
    default: 6
    }
  }

  /// Checks the first two bytes, so that an error is answered before more is waited for.
  static func check(_ bytes: [UInt8]) throws(WebViolation) {
    guard bytes[0] & 0x70 == 0 else { throw .protocolError("reserved bits are set and no extension was agreed on") }
    guard let opcode = Opcode(rawValue: bytes[0] & 0x0F) else {
      throw .protocolError("there is no opcode \(bytes[0] & 0x0F)")
    }
    guard bytes[1] & 0x80 != 0 else { throw .protocolError("a client must mask its frames") }
    guard !opcode.isControl || bytes[0] & 0x80 != 0 else { throw .protocolError("a control frame is in fragments") }
    guard !opcode.isControl || bytes[1] & 0x7F <= controlBytesMax else {
      throw .protocolError("a control frame is longer than \(controlBytesMax) bytes")
    }
  }

  /// - Parameter bytes: all bytes until the payload, the first two of them checked.
  init(_ bytes: [UInt8]) throws(WebViolation) {
    isFinal = bytes[0] & 0x80 != 0
    opcode = Opcode(rawValue: bytes[0] & 0x0F)!
    let long = bytes[2..<bytes.count - 4].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    length = bytes.count == 6 ? UInt64(bytes[1] & 0x7F) : long
    mask = Array(bytes.suffix(4))
    guard bytes.count == 6 || long > (bytes.count == 8 ? 125 : 0xFFFF) else {
      throw .protocolError("a length is written with more bytes than it needs")
    }
    guard long >> 63 == 0 else { throw .protocolError("a length has more than 63 bits") }
  }

  /// A whole frame as a server sends it, without a mask.
  static func bytes(_ opcode: Opcode, _ payload: [UInt8]) -> [UInt8] {
    var bytes = [0x80 | opcode.rawValue]
    switch payload.count {
    case ...125: bytes.append(UInt8(payload.count))
    case ...0xFFFF:
      bytes.append(126)
      bytes += [UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    default:
      bytes.append(127)
      for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(payload.count >> shift & 0xFF)) }
    }
    return bytes + payload
  }

  /// A close frame; a reason that is too long is cut between two characters.
  static func close(_ code: CloseCode, _ reason: String) -> [UInt8] {
    guard code.isSendable else { return bytes(.close, []) }
    var text = reason
    while text.utf8.count > controlBytesMax - 2 { text.removeLast() }
    return bytes(.close, [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)] + text.utf8)
  }
}

extension WebViolation {
  static func protocolError(_ reason: String) -> WebViolation { WebViolation(code: .protocolError, reason: reason) }
}
