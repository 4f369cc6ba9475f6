import BusWire

/// Text from the bus and from scripts, made safe to show: no character in it moves the cursor, changes the direction of
/// what follows, or cannot be seen.
enum Printable {
  /// The text without quotes; such characters become spaces.
  static func text(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars.map { isSafe($0) ? $0 : " " }
    return String(String.UnicodeScalarView(scalars))
  }

  /// The text as a JSON string; such characters are escaped.
  static func quoted(_ text: String) -> String {
    let quoted = JSONText.quoted(text)
    guard !quoted.unicodeScalars.allSatisfy(isSafe) else { return quoted }
    return quoted.unicodeScalars.map { scalar in
      isSafe(scalar) ? String(scalar) : UTF16.encode(scalar)!.map(escape).joined()
    }.joined()
  }

  private static func escape(_ unit: UInt16) -> String {
    "\\u" + Hex.text([UInt8(unit >> 8), UInt8(unit & 255)])
  }

  private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
    return switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
