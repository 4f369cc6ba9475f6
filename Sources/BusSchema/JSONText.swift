/// Strings as JSON writes them, which is how a field list writes a default text, and tools all texts.
package enum JSONText {
  /// The text in quotes. Control characters and those that a terminal does not show are escaped.
  package static func quoted(_ text: String) -> String {
    // To look at every character of a plain text would take twenty times as long.
    if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      return "\"\(text)\""
    }
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case "\n": literal += "\\n"
      case "\r": literal += "\\r"
      case "\t": literal += "\\t"
      case _ where scalar.isUnprintable: literal += String(scalar).utf16.map(escape).joined()
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }

  private static func escape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  /// The text between the quotes; nil if `literal` is not exactly one string by RFC 8259.
  package static func unquoted(_ literal: some StringProtocol) -> String? {
    var scalars = Substring(literal).unicodeScalars
    guard scalars.popFirst() == "\"" else { return nil }
    var text = String.UnicodeScalarView()
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"": return scalars.isEmpty ? String(text) : nil
      case "\\":
        guard let meant = escape(&scalars) else { return nil }
        text.append(meant)
      case "\0"..<" ": return nil
      default: text.append(scalar)
      }
    }
    return nil
  }

  private static func escape(_ scalars: inout Substring.UnicodeScalarView) -> Unicode.Scalar? {
    switch scalars.popFirst() {
    case "\"": "\""
    case "\\": "\\"
    case "/": "/"
    case "b": "\u{8}"
    case "f": "\u{C}"
    case "n": "\n"
    case "r": "\r"
    case "t": "\t"
    case "u": codePoint(&scalars)
    default: nil
    }
  }

  /// Four digits, or two surrogates that belong together.
  private static func codePoint(_ scalars: inout Substring.UnicodeScalarView) -> Unicode.Scalar? {
    guard let high = codeUnit(&scalars) else { return nil }
    guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
    guard scalars.popFirst() == "\\", scalars.popFirst() == "u", let low = codeUnit(&scalars),
      (0xDC00..<0xE000).contains(low)
    else { return nil }
    return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
  }

  private static func codeUnit(_ scalars: inout Substring.UnicodeScalarView) -> UInt32? {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let scalar = scalars.popFirst(), scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
        return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}

extension Unicode.Scalar {
  /// Whether a terminal obeys, hides or reorders text for this character instead of showing it.
  ///
  /// The ranges are written out because the field lists of two programs must not depend on their versions of Unicode.
  package var isUnprintable: Bool {
    switch self {
    case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{AD}", "\u{61C}", "\u{180E}", "\u{200B}"..."\u{200F}",
      "\u{2028}"..."\u{202E}", "\u{2060}"..."\u{206F}", "\u{FEFF}", "\u{FFF9}"..."\u{FFFB}",
      "\u{E0000}"..."\u{E007F}":
      true
    default: false
    }
  }
}
