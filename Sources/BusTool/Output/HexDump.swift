/// Bytes with their offsets and as text, sixteen to a line.
enum HexDump {
  static func text(_ bytes: [UInt8]) -> String {
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 16) {
      let line = bytes[start..<min(start + 16, bytes.count)]
      let digits = line.map { Hex.text([$0]) }.joined(separator: " ")
      let letters = line.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
      let offset = Hex.text([UInt8(start >> 16 & 255), UInt8(start >> 8 & 255), UInt8(start & 255)])
      text += "  \(offset)  \(digits)\(String(repeating: " ", count: 47 - digits.count))  |\(letters)|\n"
    }
    return text
  }
}
