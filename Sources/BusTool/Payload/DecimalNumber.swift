/// A number in base ten, so that `2150` steps of `0.01` are `21.50` and not `21.499999999999996`.
struct DecimalNumber: Equatable {
  let digits: Int128
  /// The value is `digits` times ten to this power.
  let exponent: Int

  init(digits: Int128, exponent: Int) {
    self.digits = digits
    self.exponent = exponent
  }

  /// Reads `-12`, `0.01`, `1e-05`, `0xFF`; nil if the text is no number or beyond the digits that fit.
  init?(_ text: some StringProtocol) {
    if text.hasPrefix("0x") || text.hasPrefix("0X") {
      guard let value = UInt64(text.dropFirst(2), radix: 16) else { return nil }
      self.init(digits: Int128(value), exponent: 0)
      return
    }
    let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    guard let mantissa = parts.first, let power = parts.count > 1 ? Int(parts[1]) : 0, abs(power) <= 400 else {
      return nil
    }
    let halves = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = halves.count > 1 ? halves[1] : ""
    guard fraction.allSatisfy({ ("0"..."9").contains($0) }), let digits = Int128("\(halves[0])\(fraction)") else {
      return nil
    }
    self.init(digits: digits, exponent: power - fraction.count)
  }

  /// The shortest number that reads back as a scale.
  init?(scale: Double) {
    let text = "\(scale)"
    self.init(text.hasSuffix(".0") ? text.dropLast(2) : text[...])
  }

  /// This many steps of the size; nil if that is beyond the digits that fit.
  func times(_ count: Int128) -> DecimalNumber? {
    let (product, overflow) = digits.multipliedReportingOverflow(by: count)
    return overflow ? nil : DecimalNumber(digits: product, exponent: exponent)
  }

  /// How many steps of a size this is, to the nearest; nil if that is beyond the digits that fit.
  func steps(of size: DecimalNumber) -> Int128? {
    var (dividend, divisor) = (digits, size.digits)
    let shift = exponent - size.exponent
    guard divisor != 0, abs(shift) <= 38, let factor = Self.power(of: abs(shift)) else { return nil }
    let overflow: Bool
    if shift >= 0 {
      (dividend, overflow) = dividend.multipliedReportingOverflow(by: factor)
    } else {
      (divisor, overflow) = divisor.multipliedReportingOverflow(by: factor)
    }
    if overflow { return nil }
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    guard remainder.magnitude >= divisor.magnitude - remainder.magnitude else { return quotient }
    return quotient + ((dividend < 0) == (divisor < 0) ? 1 : -1)
  }

  /// The whole number that this is; nil if it has a fraction or is beyond the digits that fit.
  var whole: Int128? {
    guard let value = steps(of: DecimalNumber(digits: 1, exponent: 0)) else { return nil }
    return exponent >= 0 || Self.power(of: -exponent).map { digits % $0 == 0 } == true ? value : nil
  }

  /// The number without an exponent; nil if that would be longer than anyone reads.
  var text: String? {
    guard (-30...20).contains(exponent) else { return nil }
    let sign = digits < 0 ? "-" : ""
    let magnitude = "\(digits.magnitude)"
    if exponent >= 0 { return sign + magnitude + (digits == 0 ? "" : String(repeating: "0", count: exponent)) }
    let padded = String(repeating: "0", count: max(0, 1 - exponent - magnitude.count)) + magnitude
    return "\(sign)\(padded.dropLast(-exponent)).\(padded.suffix(-exponent))"
  }

  private static func power(of exponent: Int) -> Int128? {
    exponent <= 38 ? (0..<exponent).reduce(1) { value, _ in value * 10 } : nil
  }
}
