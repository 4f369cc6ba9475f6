/// A frame declared in a schema: what `frame-gen` makes of an entry under `frames:`.
public protocol TypedFrame: Equatable, Sendable {
  /// Id, name, field list and defaults for sending.
  static var frameType: FrameType { get }

  /// The bytes of the payload.
  var encodedSize: Int { get }

  /// Appends the fields in order.
  ///
  /// - Throws: `CodecError` if a value breaks the schema; what was written then is of no use.
  func encode(into writer: inout PayloadWriter) throws(CodecError)

  /// Reads the fields in order. Bytes that are left belong to a newer schema and are ignored.
  ///
  /// - Throws: `CodecError` if the payload does not fit the schema.
  init(from reader: inout PayloadReader) throws(CodecError)
}

extension TypedFrame {
  /// Decodes a payload.
  ///
  /// - Throws: `CodecError` if the payload does not fit the schema.
  @inlinable
  public init(payload: RawSpan) throws(CodecError) {
    var reader = PayloadReader(payload)
    try self.init(from: &reader)
  }

  /// Decodes a payload.
  ///
  /// - Throws: `CodecError` if the payload does not fit the schema.
  @inlinable
  public init(payload: [UInt8]) throws(CodecError) {
    try self.init(payload: payload.span.bytes)
  }

  /// The encoded payload, in an array of its own.
  ///
  /// - Throws: `CodecError` if a value breaks the schema.
  @inlinable
  public func payload() throws(CodecError) -> [UInt8] {
    let size = encodedSize
    var bytes = [UInt8](repeating: 0, count: size)
    var failure: CodecError?
    bytes.withUnsafeMutableBytes { buffer in
      do throws(CodecError) {
        var writer = PayloadWriter(buffer)
        try encode(into: &writer)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
