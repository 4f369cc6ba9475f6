import BusWire

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
