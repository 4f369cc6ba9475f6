import BusWire

/// Finds the whole messages in a stream of bytes.
struct MessageParser {
  private var bytes: [UInt8] = []
  private var head = 0
  /// Bytes of all messages handed out so far.
  private(set) var offset = 0
  /// Bytes that came in so far.
  private(set) var fedBytes = 0

  mutating func append(_ more: UnsafeRawBufferPointer) {
    if head == bytes.count {
      bytes.removeAll(keepingCapacity: true)
      head = 0
    }
    bytes.append(contentsOf: more)
    fedBytes += more.count
  }

  mutating func next() -> Message? {
    let message: Message? = bytes.withUnsafeBytes { buffer in
      guard buffer.count - head >= FrameHeader.byteCount else { return nil }
      let header = FrameHeader(at: buffer.baseAddress! + head)
      guard buffer.count - head >= header.frameByteCount else { return nil }
      let payload = buffer[(head + FrameHeader.byteCount)..<(head + header.frameByteCount)]
      return Message(header: header, payload: UnsafeRawBufferPointer(rebasing: payload))
    }
    guard let message else { return nil }
    head += message.header.frameByteCount
    offset += message.header.frameByteCount
    return message
  }
}
