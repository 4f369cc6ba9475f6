import CYaml

extension Position {
  /// The place of a mark of libyaml, which counts from 0.
  init(_ mark: yaml_mark_t) {
    self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }

  /// The place of a byte of a file; everything before it is UTF-8.
  init(ofByte offset: Int, in bytes: [UInt8]) {
    let before = bytes.prefix(offset)
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let newlines = before.count { $0 == UInt8(ascii: "\n") }
    let characters = before[lineStart...].count { $0 & 0xC0 != 0x80 }
    self.init(line: newlines + 1, column: characters + 1)
  }
}
