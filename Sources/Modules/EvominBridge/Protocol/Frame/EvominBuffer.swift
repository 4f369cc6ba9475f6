/// Up to `capacity` bytes in place, without an allocation.
public struct EvominBuffer<let capacity: Int>: Sendable {
  private var bytes = InlineArray<capacity, UInt8>(repeating: 0)
  public private(set) var count = 0

  public static var bytesMax: Int { capacity }

  public init() {}

  /// Copies bytes.
  ///
  /// - Throws: `EvominError.tooLong` if there is no room for them all; nothing is ever cut off.
  public init(_ bytes: some Collection<UInt8>) throws(EvominError) {
    guard bytes.count <= capacity else { throw .tooLong(bytes: bytes.count, bytesMax: capacity) }
    append(contentsOf: bytes)
  }

  /// Adds a byte; there must be room for it.
  mutating func append(_ byte: UInt8) {
    bytes[count] = byte
    count += 1
  }

  /// Adds bytes; there must be room for them.
  mutating func append(contentsOf more: some Sequence<UInt8>) {
    for byte in more { append(byte) }
  }
}

extension EvominBuffer: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(index: Int) -> UInt8 {
    precondition(index < count, "there are fewer bytes than that")
    return bytes[index]
  }
}

extension EvominBuffer: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }
}

extension EvominBuffer: CustomStringConvertible {
  /// Two hexadecimal digits per byte: `de ad be ef`.
  public var description: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
