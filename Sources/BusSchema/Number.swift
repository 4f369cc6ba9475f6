/// A number of a schema, exact for every integer type.
package enum Number: Equatable, Sendable {
  case integer(Int128)
  /// Always finite.
  case real(Double)

  /// Reads decimal and `0x` integers and decimal fractions; nil for everything else.
  package init?(_ text: some StringProtocol) {
    if let integer = Number.integer(in: text) {
      self = .integer(integer)
    } else if let real = Number.real(in: text) {
      self = .real(real)
    } else {
      return nil
    }
  }

  /// The value as a floating-point number.
  package var real: Double {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    }
  }

  /// Compares integers exactly.
  package func isBelow(_ other: Number) -> Bool {
    if case .integer(let value) = self, case .integer(let bound) = other { return value < bound }
    return real < other.real
  }

  private static func integer(in text: some StringProtocol) -> Int128? {
    let isNegative = text.hasPrefix("-")
    let digits = text.drop { $0 == "-" }
    guard text.utf8.count - digits.utf8.count <= 1 else { return nil }
    let magnitude: Int128?
    if digits.hasPrefix("0x"), digits.utf8.count > 2, digits.dropFirst(2).allSatisfy(\.isASCIIHexDigit) {
      magnitude = Int128(digits.dropFirst(2), radix: 16)
    } else if digits == "0" || digits.first != "0", digits.allSatisfy(\.isASCIIDigit) {
      magnitude = Int128(digits)
    } else {
      magnitude = nil
    }
    return magnitude.map { isNegative ? -$0 : $0 }
  }

  private static func real(in text: some StringProtocol) -> Double? {
    let isDecimal = text.allSatisfy { $0.isASCIIDigit || "+-.eE".contains($0) }
    guard isDecimal, text.contains(where: { ".eE".contains($0) }) else { return nil }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }
}

extension Number: CustomStringConvertible {
  /// Whole numbers in full, others in the fewest digits that read back the same.
  package var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): value.shortestText
    }
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isWholeNumber }
  fileprivate var isASCIIHexDigit: Bool { isASCII && isHexDigit }
}

extension BinaryFloatingPoint where Self: LosslessStringConvertible {
  /// The fewest digits that read back as the same value: without a trailing `.0`, which only `-0.0` needs.
  package var shortestText: String {
    if self == 0 { return sign == .minus ? "-0.0" : "0" }
    let text = String(self)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
