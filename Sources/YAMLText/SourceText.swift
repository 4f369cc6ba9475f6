/// Checks of a file that come before YAML.
package enum SourceText {
  /// A larger file is a mistake.
  package static let bytesMax = 1 << 20

  /// Why the file cannot be read at all; nil if it can.
  package static func problem(in bytes: [UInt8]) -> Diagnostic? {
    if bytes.count > bytesMax {
      return Diagnostic(.start, "the file has more than \(bytesMax) bytes; split it into several files")
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
