import BusWire

/// A frame as it arrived. Its payload stays in the memory that it was read into.
public struct Frame: Sendable {
  /// Type, flags, instance, source, sequence and time stamp.
  public let header: FrameHeader
  let chunk: InboxChunk
  let payloadOffset: Int
  /// In what its sender's schema differs from this module's.
  var mismatch: String?

  /// The kind of frame; its name is not known here, but types are equal if their ids are.
  public var type: FrameType { FrameType(id: header.type) }
  /// Whether it asks for the type instead of carrying it.
  public var isRequest: Bool { header.flags.contains(.request) }
  /// Whether it is a kept last value, not a live one.
  public var isRetained: Bool { header.flags.contains(.retained) }
  /// What it may overtake while it waits in the manager.
  public var priority: Priority { header.flags.priority }
  /// Which of several equal devices it is from or for.
  public var instance: UInt8 { header.instance }
  /// Id of the module that sent it.
  public var source: UInt32 { header.source }
  /// Nanoseconds since the Unix epoch, at send.
  public var timestamp: UInt64 { header.timestamp }

  /// The payload as a frame of a schema.
  ///
  /// - Returns: nil if this is another kind of frame, or a request without a payload.
  /// - Throws: `BusError` that names frame, sender and field if the payload does not fit the schema, or if the
  ///   sender has another schema.
  public func decode<Payload: TypedFrame>(_ type: Payload.Type) throws(BusError) -> Payload? {
    guard header.type == Payload.frameType.id, !(isRequest && header.size == 0) else { return nil }
    if let mismatch {
      throw BusError(
        .invalidFrame, "\(Payload.frameType) from module \(source) has another schema: \(mismatch)")
    }
    do throws(CodecError) {
      return try withPayload { bytes throws(CodecError) in try Payload(payload: bytes) }
    } catch {
      throw BusError(
        .invalidFrame, "\(Payload.frameType) from module \(source) does not fit its schema: \(error)", cause: error)
    }
  }

  /// Lends the payload's bytes.
  @inlinable
  public func withPayload<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(RawSpan(_unsafeBytes: payloadBytes))
  }

  /// A copy of the payload's bytes.
  public var payload: [UInt8] {
    defer { withExtendedLifetime(self) {} }
    return [UInt8](payloadBytes)
  }

  @usableFromInline
  var payloadBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: chunk.base + payloadOffset, count: Int(header.size))
  }
}
