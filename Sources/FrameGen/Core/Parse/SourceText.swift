/// Checks of a schema file that come before YAML.
enum SourceText {
  /// A larger file is a mistake, not a schema.
  static let bytesMax = 1 << 20

  /// Why the file cannot be a schema at all; nil if it can.
  static func problem(in bytes: [UInt8]) -> Diagnostic? {
    if bytes.count > bytesMax {
      return Diagnostic(.start, "the file has more than \(bytesMax) bytes; split the schema into several packages")
    }
    if let offset = firstInvalidByte(in: bytes) {
      let place = Position(ofByte: offset, in: bytes)
      return Diagnostic(place, "the file is not UTF-8 from here on; save it as UTF-8")
    }
    return nil
  }

  private static func firstInvalidByte(in bytes: [UInt8]) -> Int? {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput: return nil
      case .error: return offset
      }
    }
  }
}
