/// Up to `capacity` bytes in place, without an allocation.
public struct EvominBuffer<let capacity: Int>: Sendable {
  @usableFromInline var bytes = InlineArray<capacity, UInt8>(repeating: 0)
  @usableFromInline var byteCount = 0

  @inlinable
  /// How many bytes fit.
  public static var bytesMax: Int { capacity }

  @inlinable
  /// A buffer without bytes.
  public init() {}

  /// Copies bytes.
  ///
  /// - Throws: `EvominError.tooLong` if there is no room for them all; nothing is ever cut off.
  @inlinable
  public init(_ bytes: some Collection<UInt8>) throws(EvominError) {
    guard bytes.count <= capacity else { throw .tooLong(bytes: bytes.count, bytesMax: capacity) }
    append(contentsOf: bytes)
  }

  @inlinable
  /// How many bytes it has.
  public var count: Int { byteCount }

  /// Adds a byte; there must be room for it.
  @inlinable
  mutating func append(_ byte: UInt8) {
    bytes[byteCount] = byte
    byteCount += 1
  }

  /// Adds bytes; there must be room for them.
  @inlinable
  mutating func append(contentsOf more: some Sequence<UInt8>) {
    for byte in more { append(byte) }
  }
}

extension EvominBuffer: RandomAccessCollection {
  @inlinable
  /// 0.
  public var startIndex: Int { 0 }
  @inlinable
  /// The number of bytes.
  public var endIndex: Int { count }

  @inlinable
  /// The byte at an index below `count`.
  public subscript(index: Int) -> UInt8 {
    precondition(index < count, "there are fewer bytes than that")
    return bytes[index]
  }
}

extension EvominBuffer: Equatable {
  @inlinable
  public static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }
}

extension EvominBuffer: CustomStringConvertible {
  /// Two hexadecimal digits per byte: `de ad be ef`.
  public var description: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
