import BusWire

/// Header and payload of the bus's own frames.
enum BusFrameBytes {
  /// The bytes of a frame whose values the manager has chosen itself, so they fit its schema.
  static func encode<Frame: TypedFrame>(_ frame: Frame, wallTime: UInt64) -> [UInt8] {
    let size = frame.encodedSize
    let header = FrameHeader(
      size: UInt32(size), type: Frame.frameType.id, flags: FrameFlags().with(.high), timestamp: wallTime)
    return [UInt8](unsafeUninitializedCapacity: FrameHeader.byteCount + size) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      header.store(at: bytes.baseAddress!)
      do throws(CodecError) {
        var writer = PayloadWriter(UnsafeMutableRawBufferPointer(rebasing: bytes[FrameHeader.byteCount...]))
        try frame.encode(into: &writer)
      } catch {
        preconditionFailure("a bus frame breaks its own schema: \(error)")
      }
      count = FrameHeader.byteCount + size
    }
  }
}
