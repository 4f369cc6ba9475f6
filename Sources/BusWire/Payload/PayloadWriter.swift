/// Writes the fields of a payload in order, into memory that the caller owns.
///
/// The room is the frame's `encodedSize`, so running out of it is a fault of the caller and traps.
public struct PayloadWriter: ~Copyable, ~Escapable {
  @usableFromInline let base: UnsafeMutableRawPointer?
  @usableFromInline let capacity: Int
  @usableFromInline var written = 0

  /// Bytes written so far.
  @inlinable
  public var count: Int { written }

  /// Writes into `buffer`, which must outlive the writer.
  @inlinable
  @_lifetime(borrow buffer)
  public init(_ buffer: UnsafeMutableRawBufferPointer) {
    base = buffer.baseAddress
    capacity = buffer.count
  }

  /// Makes room for `size` bytes and returns where they go.
  @inlinable
  @_lifetime(self: copy self)
  mutating func advance(_ size: Int) -> UnsafeMutableRawPointer? {
    precondition(size <= capacity &- written, "a frame encodes to more bytes than its encodedSize")
    defer { written &+= size }
    return base.map { $0 + written }
  }

  /// Writes one number of fixed width.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func append<T: PayloadScalar>(scalar: T) {
    advance(MemoryLayout<T>.size).unsafelyUnwrapped.storeBytes(of: scalar, as: T.self)
  }

  /// Writes bytes as they are, without a count.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func append(bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    advance(bytes.count).unsafelyUnwrapped.copyMemory(from: source, byteCount: bytes.count)
  }

  /// Writes one value.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func value<T: PayloadValue>(_ value: T, field: StaticString) throws(CodecError) {
    try value.encode(into: &self, field: field)
  }

  /// Writes one value that is within the range of its schema.
  ///
  /// - Throws: `CodecError.outOfRange` if it is not.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func value<T: PayloadScalar & Comparable>(
    _ value: T, in range: ClosedRange<T>, unit: StaticString = "", field: StaticString
  ) throws(CodecError) {
    try check(value, in: range, unit: unit, field: field)
    append(scalar: value)
  }

  /// Throws if `value` is outside of `range`. Not-a-number is outside of every range.
  ///
  /// - Parameter unit: the schema's, for the error.
  @inlinable
  public func check<T: PayloadScalar & Comparable>(
    _ value: T, in range: ClosedRange<T>, unit: StaticString = "", field: StaticString
  ) throws(CodecError) {
    guard range.contains(value) else {
      let suffix = unit.utf8CodeUnitCount > 0 ? " \(unit)" : ""
      throw .outOfRange(
        field: "\(field)", value: "\(value)", range: "\(range.lowerBound) to \(range.upperBound)\(suffix)")
    }
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func count(_ count: Int, bound: Int?, field: StaticString) throws(CodecError) {
    let bound = bound ?? Int(UInt32.max)
    guard count <= bound else {
      throw .countOverBound(field: "\(field)", count: count, bound: bound)
    }
    append(scalar: UInt32(truncatingIfNeeded: count))
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func count(bytes: Int, bound: Int?, field: StaticString) throws(CodecError) {
    let bound = bound ?? Int(UInt32.max)
    guard bytes <= bound else { throw .bytesOverBound(field: "\(field)", bytes: bytes, bound: bound) }
    append(scalar: UInt32(truncatingIfNeeded: bytes))
  }

  /// Writes an array of numbers, copied whole.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func array<T: PayloadScalar>(
    _ elements: [T], bound: Int?, field: StaticString
  ) throws(CodecError) {
    try count(elements.count, bound: bound, field: field)
    elements.withUnsafeBytes { append(bytes: $0) }
  }

  /// Writes an array of bools, strings, enums or structs.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func array<T: PayloadValue>(
    _ elements: [T], bound: Int?, field: StaticString
  ) throws(CodecError) {
    try count(elements.count, bound: bound, field: field)
    for element in elements {
      try element.encode(into: &self, field: field)
    }
  }

  /// Writes a fixed array of numbers, copied whole.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func fixedArray<let size: Int, T: PayloadScalar>(
    _ elements: FixedArray<size, T>, field: StaticString
  ) throws(CodecError) {
    let place = advance(size &* MemoryLayout<T>.size).unsafelyUnwrapped
    for index in 0..<size {
      place.storeBytes(of: elements[index], toByteOffset: index &* MemoryLayout<T>.size, as: T.self)
    }
  }

  /// Writes a fixed array.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func fixedArray<let size: Int, T: PayloadValue>(
    _ elements: FixedArray<size, T>, field: StaticString
  ) throws(CodecError) {
    for index in 0..<size {
      try elements[index].encode(into: &self, field: field)
    }
  }

  /// Writes a string.
  ///
  /// - Parameter bound: the most bytes of UTF-8 that its schema allows.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func string(_ text: String, bound: Int?, field: StaticString) throws(CodecError) {
    try count(bytes: text.utf8.count, bound: bound, field: field)
    var text = text
    text.withUTF8 { append(bytes: UnsafeRawBufferPointer($0)) }
  }

  /// Writes a byte string.
  ///
  /// - Parameter bound: the most bytes that its schema allows.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func byteString(_ bytes: [UInt8], bound: Int?, field: StaticString) throws(CodecError) {
    try count(bytes: bytes.count, bound: bound, field: field)
    bytes.withUnsafeBytes { append(bytes: $0) }
  }
}
