/// Makes messages of the bytes that a client sends after the handshake.
struct MessageReader {
  enum Item: Equatable {
    case message(WebMessage)
    case ping([UInt8])
    case pong
    case close(CloseCode, reason: String)
  }

  /// A frame of which the payload comes.
  private struct Payload {
    let start: FrameStart
    var read = 0
    /// Of a control frame; that of a message is gathered in `message`.
    var control: [UInt8] = []
  }

  /// A message of which not all fragments are there.
  private struct Message {
    let isText: Bool
    var bytes: [UInt8] = []
    var text = UTF8Check()

    mutating func add(_ byte: UInt8) throws(WebViolation) {
      guard !isText || text.add(byte) else { throw WebViolation(code: .invalidData, reason: "a text is not UTF-8") }
      bytes.append(byte)
    }
  }

  private enum Stage {
    case start([UInt8])
    case payload(Payload)
  }

  private let bytesMax: Int
  private var stage = Stage.start([])
  private var message: Message?

  /// - Parameter bytesMax: of one message, however many fragments it has.
  init(bytesMax: Int) { self.bytesMax = bytesMax }

  /// Reads on.
  ///
  /// - Parameter position: where to begin; it is moved behind what was read.
  /// - Returns: what is complete now; nil if more bytes are needed.
  /// - Throws: `WebViolation` at the first byte that cannot be right; nothing may be read after that.
  mutating func next(_ bytes: borrowing RawSpan, _ position: inout Int) throws(WebViolation) -> Item? {
    while true {
      switch stage {
      case .start(var head):
        stage = .start([])
        let isComplete = try Self.read(&head, bytes, &position)
        guard isComplete else {
          stage = .start(head)
          return nil
        }
        stage = .payload(Payload(start: try begin(head)))
      case .payload(var payload):
        stage = .start([])
        try read(&payload, bytes, &position)
        guard payload.read == Int(payload.start.length) else {
          stage = .payload(payload)
          return nil
        }
        if let item = try finish(payload) { return item }
      }
    }
  }

  /// Reads what comes before a payload; false if it is not all there.
  private static func read(
    _ head: inout [UInt8], _ bytes: borrowing RawSpan, _ position: inout Int
  ) throws(WebViolation) -> Bool {
    while head.count < FrameStart.byteCount(head) {
      guard position < bytes.byteCount else { return false }
      head.append(bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self))
      position += 1
      if head.count == 2 { try FrameStart.check(head) }
    }
    return true
  }

  private mutating func begin(_ head: [UInt8]) throws(WebViolation) -> FrameStart {
    let start = try FrameStart(head)
    switch start.opcode {
    case .continuation:
      guard message != nil else { throw .protocolError("a fragment continues no message") }
    case .text, .binary:
      guard message == nil else { throw .protocolError("a message begins within another one") }
      message = Message(isText: start.opcode == .text)
    case .close, .ping, .pong: return start
    }
    guard start.length <= UInt64(bytesMax - (message?.bytes.count ?? 0)) else {
      throw WebViolation(code: .messageTooLarge, reason: "a message is longer than \(bytesMax) bytes")
    }
    return start
  }

  private mutating func read(
    _ payload: inout Payload, _ bytes: borrowing RawSpan, _ position: inout Int
  ) throws(WebViolation) {
    let end = position + min(bytes.byteCount - position, Int(payload.start.length) - payload.read)
    let isControl = payload.start.opcode.isControl
    while position < end {
      let byte = bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self) ^ payload.start.mask[payload.read & 3]
      position += 1
      payload.read += 1
      if isControl {
        payload.control.append(byte)
      } else {
        try message?.add(byte)
      }
    }
  }

  private mutating func finish(_ payload: Payload) throws(WebViolation) -> Item? {
    switch payload.start.opcode {
    case .ping: return .ping(payload.control)
    case .pong: return .pong
    case .close: return try Self.close(payload.control)
    case .continuation, .text, .binary:
      guard payload.start.isFinal, let whole = message else { return nil }
      message = nil
      guard whole.isText else { return .message(.binary(whole.bytes)) }
      guard whole.text.isComplete else {
        throw WebViolation(code: .invalidData, reason: "a text ends within a character")
      }
      return .message(.text(String(decoding: whole.bytes, as: UTF8.self)))
    }
  }

  private static func close(_ payload: [UInt8]) throws(WebViolation) -> Item {
    guard !payload.isEmpty else { return .close(.noCode, reason: "") }
    guard payload.count >= 2 else { throw .protocolError("a close frame has half a code") }
    let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
    guard code.isSendable else { throw .protocolError("\(code.rawValue) may not be sent as a close code") }
    guard let reason = String(validating: payload[2...], as: UTF8.self) else {
      throw WebViolation(code: .invalidData, reason: "the reason of a close frame is not UTF-8")
    }
    return .close(code, reason: reason)
  }
}
