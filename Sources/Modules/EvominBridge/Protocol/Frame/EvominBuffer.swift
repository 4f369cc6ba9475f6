/// Up to `capacity` bytes in place, without an allocation.
public struct EvominBuffer<let capacity: Int>: Sendable {
  @usableFromInline var bytes = InlineArray<capacity, UInt8>(repeating: 0)
  @usableFromInline var byteCount = 0

  /// How many bytes fit.
  @inlinable
  public static var bytesMax: Int { capacity }

  /// A buffer without bytes.
  @inlinable
  public init() {}

  /// Copies bytes.
  ///
  /// - Throws: `EvominError.tooLong` if there is no room for them all; nothing is ever cut off.
  @inlinable
  public init(_ bytes: some Collection<UInt8>) throws(EvominError) {
    guard bytes.count <= capacity else { throw .tooLong(bytes: bytes.count, bytesMax: capacity) }
    append(contentsOf: bytes)
  }

  /// How many bytes it has.
  @inlinable
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
  /// 0.
  @inlinable
  public var startIndex: Int { 0 }
  /// The number of bytes.
  @inlinable
  public var endIndex: Int { count }

  /// The byte at an index below `count`.
  @inlinable
  public subscript(index: Int) -> UInt8 {
    precondition(index < count, "there are fewer bytes than that")
    return bytes[index]
  }
}

extension EvominBuffer: Equatable {
  /// Buffers with the same bytes are equal, whatever room they have.
  @inlinable
  public static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }
}

extension EvominBuffer: CustomStringConvertible {
  /// Two hexadecimal digits per byte: `de ad be ef`.
  public var description: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
