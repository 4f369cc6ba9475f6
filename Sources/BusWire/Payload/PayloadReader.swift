/// Reads the fields of a payload in order, and checks each against the bytes that are left.
public struct PayloadReader: ~Escapable {
  @usableFromInline let bytes: RawSpan
  @usableFromInline var offset = 0

  /// Reads from the first byte of a payload.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) {
    self.bytes = bytes
  }

  /// Bytes not read yet.
  @inlinable
  public var remaining: Int { bytes.byteCount &- offset }

  /// Whether the payload ends here: what follows in the schema takes its defaults.
  @inlinable
  public var isAtEnd: Bool { remaining == 0 }

  /// Reads one value.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func value<T: PayloadValue>(
    _ type: T.Type, field: StaticString
  ) throws(CodecError) -> T {
    try T(from: &self, field: field)
  }

  /// Reads one number of fixed width.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func scalar<T: PayloadScalar>(
    _ type: T.Type, field: StaticString
  ) throws(CodecError) -> T {
    guard remaining >= MemoryLayout<T>.size else {
      throw .truncated(field: "\(field)", needs: MemoryLayout<T>.size, left: remaining)
    }
    let value = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self)
    offset &+= MemoryLayout<T>.size
    return value
  }

  /// Reads a count and checks that `elementSizeMin` bytes are there for each element.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func count(
    bound: Int?, elementSizeMin: Int, field: StaticString
  ) throws(CodecError) -> Int {
    let count = Int(try scalar(UInt32.self, field: field))
    if let bound, count > bound {
      throw .countOverBound(field: "\(field)", count: count, bound: bound)
    }
    guard count <= remaining / elementSizeMin else {
      throw .countOverPayload(field: "\(field)", count: count, left: remaining)
    }
    return count
  }

  /// Reads a count of bytes and checks that they are there.
  @inlinable
  @_lifetime(self: copy self)
  mutating func byteCount(bound: Int?, field: StaticString) throws(CodecError) -> Int {
    let count = try count(bound: nil, elementSizeMin: 1, field: field)
    if let bound, count > bound { throw .bytesOverBound(field: "\(field)", bytes: count, bound: bound) }
    return count
  }

  /// Reads an array of numbers, copied whole.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func array<T: PayloadScalar>(
    of type: T.Type, bound: Int?, field: StaticString
  ) throws(CodecError) -> [T] {
    let count = try count(bound: bound, elementSizeMin: MemoryLayout<T>.size, field: field)
    // Every empty array is the same object, which other threads use too; it must not be written to.
    guard count > 0 else { return [] }
    let slice = take(count &* MemoryLayout<T>.size)
    return [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      slice.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
    }
  }

  /// Reads an array of bools, strings, enums or structs.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func array<T: PayloadValue>(
    of type: T.Type, bound: Int?, field: StaticString
  ) throws(CodecError) -> [T] {
    let count = try count(bound: bound, elementSizeMin: T.encodedSizeMin, field: field)
    var elements: [T] = []
    elements.reserveCapacity(count)
    for _ in 0..<count {
      elements.append(try T(from: &self, field: field))
    }
    return elements
  }

  /// Reads a fixed array of numbers.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func fixedArray<let size: Int, T: PayloadScalar>(
    _ type: FixedArray<size, T>.Type, field: StaticString
  ) throws(CodecError) -> FixedArray<size, T> {
    // What is missing is reported as of any array.
    guard remaining >= size &* MemoryLayout<T>.size else { return try elements(of: type, field: field) }
    let start = offset
    offset &+= size &* MemoryLayout<T>.size
    var array = FixedArray<size, T>(
      repeating: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: T.self))
    for index in 1..<size {
      array[index] = bytes.unsafeLoadUnaligned(
        fromUncheckedByteOffset: start &+ index &* MemoryLayout<T>.size, as: T.self)
    }
    return array
  }

  /// Reads a fixed array.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func fixedArray<let size: Int, T: PayloadValue>(
    _ type: FixedArray<size, T>.Type, field: StaticString
  ) throws(CodecError) -> FixedArray<size, T> {
    try elements(of: type, field: field)
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func elements<let size: Int, T: PayloadValue>(
    of type: FixedArray<size, T>.Type, field: StaticString
  ) throws(CodecError) -> FixedArray<size, T> {
    let first = try T(from: &self, field: field)
    var array = FixedArray<size, T>(repeating: first)
    for index in 1..<size {
      array[index] = try T(from: &self, field: field)
    }
    return array
  }

  /// Reads a string and checks that it is UTF-8.
  ///
  /// - Parameter bound: the most bytes that its schema allows.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func string(bound: Int?, field: StaticString) throws(CodecError) -> String {
    let count = try byteCount(bound: bound, field: field)
    let slice = take(count)
    guard let text = slice.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw .invalidUTF8(field: "\(field)")
    }
    return text
  }

  /// Reads a byte string.
  ///
  /// - Parameter bound: the most bytes that its schema allows.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func byteString(bound: Int?, field: StaticString) throws(CodecError) -> [UInt8] {
    let count = try byteCount(bound: bound, field: field)
    guard count > 0 else { return [] }
    let slice = take(count)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      slice.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
    }
  }

  /// The next `count` bytes, which the caller knows to be there.
  @inlinable
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func take(_ count: Int) -> RawSpan {
    let slice = bytes.extracting(offset..<(offset &+ count))
    offset &+= count
    return slice
  }
}
