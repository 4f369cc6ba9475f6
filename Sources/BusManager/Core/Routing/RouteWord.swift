import BusWire

/// Bytes 4 to 7 of a header: neighbouring frames that have them in common go to the same receivers and lanes.
struct RouteWord: Equatable, BitwiseCopyable {
  let bits: UInt32

  @inline(__always)
  init(at frame: UnsafeRawPointer) {
    bits = UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: FrameHeader.Offset.route, as: UInt32.self))
  }

  init(_ header: FrameHeader) {
    bits = UInt32(header.type) | UInt32(header.flags.rawValue) << 16 | UInt32(header.instance) << 24
  }

  var type: UInt16 { UInt16(truncatingIfNeeded: bits) }
  var flags: FrameFlags { FrameFlags(rawValue: UInt8(truncatingIfNeeded: bits >> 16)) }
  var key: RouteKey { RouteKey(word: bits) }
  var lane: Lane { Lane(flags.priority) }

  /// Whether it is routed as it is: a module's frame with flags that a client may set.
  @inline(__always)
  var isForModules: Bool {
    type != 0 && type < FrameType.firstBusID && flags.areAllowedToClients
  }
}

/// What decides who receives a frame: type, request mark and instance.
///
/// These are bytes 4 to 7 of the header with the other flags cleared, so a key costs one load and one mask.
struct RouteKey: Hashable, BitwiseCopyable {
  let bits: UInt32

  private static let mask: UInt32 = 0xFF01_FFFF

  /// - Parameter word: bytes 4 to 7 of a header as a little-endian number.
  @inline(__always)
  init(word: UInt32) {
    bits = word & Self.mask
  }

  init(type: UInt16, instance: UInt8, isRequest: Bool) {
    bits = UInt32(type) | (isRequest ? 1 << 16 : 0) | UInt32(instance) << 24
  }

  var type: UInt16 { UInt16(truncatingIfNeeded: bits) }
  var isRequest: Bool { bits & (1 << 16) != 0 }
  var instance: UInt8 { UInt8(truncatingIfNeeded: bits >> 24) }
}
