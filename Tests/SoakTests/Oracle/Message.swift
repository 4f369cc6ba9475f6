import BusWire

/// A whole message as it passed a point of the network.
struct Message: Equatable {
  var header: FrameHeader
  /// Stands for the payload of a module's frame.
  var digest: UInt64
  /// The payload of one of the bus's own frames; empty for those of modules.
  var payload: [UInt8]

  init(header: FrameHeader, payload: UnsafeRawBufferPointer) {
    self.header = header
    digest = Self.digest(payload)
    self.payload = header.type >= FrameType.firstBusID ? [UInt8](payload) : []
  }

  /// The payload as one of the bus's own frames.
  func decode<Payload: TypedFrame>(_ type: Payload.Type) -> Payload? {
    header.type == type.frameType.id ? try? Payload(payload: payload) : nil
  }

  /// A number that differs if any byte or the length does.
  static func digest(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(bytes.count) &+ 0x9E37_79B9_7F4A_7C15
    var offset = 0
    while offset + 8 <= bytes.count {
      hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0xBF58_476D_1CE4_E5B9
      hash ^= hash >> 29
      offset += 8
    }
    while offset < bytes.count {
      hash = (hash ^ UInt64(bytes[offset])) &* 0x100_0000_01B3
      offset += 1
    }
    return hash
  }
}

extension Message: CustomStringConvertible {
  var description: String {
    """
    type \(header.type) flags \(header.flags.rawValue) instance \(header.instance) source \(header.source) \
    sequence \(header.sequence), \(header.size) bytes
    """
  }
}
