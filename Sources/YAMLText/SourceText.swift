/// Checks of a file that come before YAML.
package enum SourceText {
  /// A larger file is a mistake.
  package static let bytesMax = 1 << 20

  /// Why the file cannot be read at all; nil if it can.
  ///
  /// - Parameters:
  ///   - bytes: what the file holds, or its beginning if that is over the limit already.
  ///   - file: its path as the user wrote it.
  ///   - advice: what to do about a file that is too large.
  package static func problem(in bytes: [UInt8], file: String, advice: String) -> Diagnostic? {
    if bytes.count > bytesMax {
      return Diagnostic(.start(of: file), "the file has more than \(bytesMax) bytes; \(advice)")
    }
    if let offset = firstInvalidByte(in: bytes) {
      let place = Position(ofByte: offset, in: bytes, file: file)
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

extension Position {
  /// The place of a byte of a file; everything before it is UTF-8.
  init(ofByte offset: Int, in bytes: [UInt8], file: String) {
    let before = bytes.prefix(offset)
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let newlines = before.count { $0 == UInt8(ascii: "\n") }
    let characters = before[lineStart...].count { $0 & 0xC0 != 0x80 }
    self.init(file: file, line: newlines + 1, column: characters + 1)
  }
}
