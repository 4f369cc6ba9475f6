import BusWire

/// A frame as it arrived. Its payload stays in the memory that it was read into.
public struct Frame: Sendable {
  /// Type, flags, instance, source, sequence and time stamp.
  public let header: FrameHeader
  @usableFromInline let chunk: InboxChunk
  @usableFromInline let payloadOffset: Int
  /// In what its sender's schema differs from this module's.
  @usableFromInline var mismatch: String?

  /// The kind of frame; its name is not known here, but types are equal if their ids are.
  public var type: FrameType { FrameType(id: header.type) }
  /// Whether it asks for the type instead of carrying it.
  @inlinable
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
  @inlinable
  public func decode<Payload: TypedFrame>(_ type: Payload.Type) throws(BusError) -> Payload? {
    guard header.type == Payload.frameType.id, !(isRequest && header.size == 0) else { return nil }
    if mismatch != nil { throw unfit(Payload.frameType, nil) }
    do throws(CodecError) {
      return try withPayload { bytes throws(CodecError) in try Payload(payload: bytes) }
    } catch {
      throw unfit(Payload.frameType, error)
    }
  }

  /// Why it cannot be decoded: its sender has another schema, or its payload does not fit this one.
  @usableFromInline
  func unfit(_ type: FrameType, _ error: CodecError?) -> BusError {
    if let error {
      return BusError(
        .invalidFrame, "\(type) from module \(source) does not fit its schema: \(error)", cause: error)
    }
    return BusError(.invalidFrame, "\(type) from module \(source) has another schema: \(mismatch ?? "")")
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

  @inlinable
  var payloadBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: chunk.base + payloadOffset, count: Int(header.size))
  }
}
