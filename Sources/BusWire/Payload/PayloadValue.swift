/// Something that a payload can hold: a number, a bool, a string, an enum or a struct.
public protocol PayloadValue: Equatable, Sendable {
  /// The fewest bytes that a value takes; at least 1, so that a count can be checked against the bytes left.
  static var encodedSizeMin: Int { get }

  /// The bytes that this value takes in a payload.
  var encodedSize: Int { get }

  /// Appends the value.
  ///
  /// - Parameter field: the schema's name for it, for errors.
  /// - Throws: `CodecError` if it breaks its schema.
  func encode(into writer: inout PayloadWriter, field: StaticString) throws(CodecError)

  /// Reads a value.
  ///
  /// - Parameter field: the schema's name for it, for errors.
  /// - Throws: `CodecError` if the bytes are not such a value.
  init(from reader: inout PayloadReader, field: StaticString) throws(CodecError)
}

/// A number of fixed width: its bytes in memory are its bytes on the wire, so arrays of it are copied whole.
public protocol PayloadScalar: PayloadValue, BitwiseCopyable {}

extension PayloadScalar {
  /// The fewest bytes on the wire.
  @inlinable
  public static var encodedSizeMin: Int { MemoryLayout<Self>.size }
  /// The bytes on the wire.
  @inlinable
  public var encodedSize: Int { MemoryLayout<Self>.size }

  /// Appends the value.
  @inlinable
  public func encode(into writer: inout PayloadWriter, field: StaticString) throws(CodecError) {
    writer.append(scalar: self)
  }

  /// Reads a value.
  @inlinable
  public init(from reader: inout PayloadReader, field: StaticString) throws(CodecError) {
    self = try reader.scalar(Self.self, field: field)
  }
}

extension Int8: PayloadScalar {}
extension Int16: PayloadScalar {}
extension Int32: PayloadScalar {}
extension Int64: PayloadScalar {}
extension UInt8: PayloadScalar {}
extension UInt16: PayloadScalar {}
extension UInt32: PayloadScalar {}
extension UInt64: PayloadScalar {}
extension Float: PayloadScalar {}
extension Double: PayloadScalar {}

extension Bool: PayloadValue {
  /// The fewest bytes on the wire.
  @inlinable
  public static var encodedSizeMin: Int { 1 }
  /// The bytes on the wire.
  @inlinable
  public var encodedSize: Int { 1 }

  /// Appends the value.
  @inlinable
  public func encode(into writer: inout PayloadWriter, field: StaticString) throws(CodecError) {
    writer.append(scalar: self ? UInt8(1) : UInt8(0))
  }

  /// Reads a value.
  @inlinable
  public init(from reader: inout PayloadReader, field: StaticString) throws(CodecError) {
    let byte = try reader.scalar(UInt8.self, field: field)
    guard byte <= 1 else { throw .invalidBool(field: "\(field)", value: byte) }
    self = byte == 1
  }
}

extension String: PayloadValue {
  /// The fewest bytes on the wire.
  @inlinable
  public static var encodedSizeMin: Int { 4 }
  /// The bytes on the wire.
  @inlinable
  public var encodedSize: Int { 4 &+ utf8.count }

  /// Appends the value.
  @inlinable
  public func encode(into writer: inout PayloadWriter, field: StaticString) throws(CodecError) {
    try writer.string(self, bound: nil, field: field)
  }

  /// Reads a value.
  @inlinable
  public init(from reader: inout PayloadReader, field: StaticString) throws(CodecError) {
    self = try reader.string(bound: nil, field: field)
  }
}

/// An enum of a schema. Values that the schema does not know are kept, so an older receiver can pass them on.
public protocol PayloadEnum: PayloadValue, RawRepresentable where RawValue: PayloadScalar {
  init(rawValue: RawValue)
  /// The schema's name of the value; nil if the schema does not know it.
  var name: String? { get }
}

extension PayloadEnum {
  /// The fewest bytes on the wire.
  @inlinable
  public static var encodedSizeMin: Int { MemoryLayout<RawValue>.size }
  /// The bytes on the wire.
  @inlinable
  public var encodedSize: Int { MemoryLayout<RawValue>.size }

  /// Appends the value.
  @inlinable
  public func encode(into writer: inout PayloadWriter, field: StaticString) throws(CodecError) {
    writer.append(scalar: rawValue)
  }

  /// Reads a value.
  @inlinable
  public init(from reader: inout PayloadReader, field: StaticString) throws(CodecError) {
    self.init(rawValue: try reader.scalar(RawValue.self, field: field))
  }

  /// The schema's name, or the number of a value that it does not name.
  public var description: String { name ?? "\(rawValue)" }
}
