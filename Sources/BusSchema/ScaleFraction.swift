/// A scale as a fraction of whole numbers, as it was written: 0.01 is 1/100, so that 35 steps are 0.35 exactly.
package struct ScaleFraction: Equatable, Sendable {
  /// Above 0.
  package let numerator: Double
  /// A power of ten, 1 at least.
  package let denominator: Double

  /// - Parameter scale: above 0.
  package init(_ scale: Double) {
    let halves = scale.shortestText.split(separator: "e", maxSplits: 1)
    let digits = halves[0].split(separator: ".", maxSplits: 1)
    let fraction = digits.count > 1 ? digits[1] : ""
    let exponent = (halves.count > 1 ? Int(halves[1]) ?? 0 : 0) - fraction.utf8.count
    let power = Double("1e\(abs(exponent))") ?? .infinity
    guard let mantissa = Double("\(digits[0])\(fraction)"), power.isFinite else {
      (numerator, denominator) = (scale, 1)
      return
    }
    (numerator, denominator) = exponent < 0 ? (mantissa, power) : (mantissa * power, 1)
  }

  /// The value in the field's unit.
  package func physical(_ stored: Number) -> Number {
    self == ScaleFraction(1) ? stored : .real(stored.real * numerator / denominator)
  }

  /// The stored number of a value in the field's unit; nil if there is none of this type, such as between two steps.
  package func stored(_ physical: Number, as type: NumberType) -> Number? {
    if self == ScaleFraction(1) { return type.value(physical) }
    if !type.isFloat, case .integer(let value) = physical, let divisor = Int128(exactly: numerator),
      let factor = Int128(exactly: denominator)
    {
      let (product, overflow) = value.multipliedReportingOverflow(by: factor)
      if !overflow, product % divisor == 0 { return type.value(.integer(product / divisor)) }
    }
    let steps = physical.real * denominator / numerator
    if type.isFloat { return steps.isFinite ? type.value(.real(steps)) : nil }
    let nearest = steps.rounded()
    guard abs(steps - nearest) <= 1e-9 * max(1, abs(nearest)), let whole = Int128(exactly: nearest) else { return nil }
    return type.value(.integer(whole))
  }
}

extension FieldList.Field {
  /// The scale as a fraction.
  package var fraction: ScaleFraction { ScaleFraction(scale) }

  /// Whether the field is a number with a scale, so that its values are not the stored numbers.
  package var isScaled: Bool {
    guard case .number = type.element else { return false }
    return enumeration == nil && scale != 1
  }
}
