import BusWire

/// Numbers as people think of them: the stored number times the scale of its field.
enum PhysicalNumber {
  /// The text of a stored number, which JSON understands too unless it is not finite.
  static func text(_ value: DynamicValue, scale: Double) -> String {
    switch value {
    case .integer(let value) where scale == 1: "\(value)"
    case .integer(let value): DecimalNumber(scale: scale)?.times(value)?.text ?? "\(Double(value) * scale)"
    case .float32(let value) where scale == 1: "\(value)"
    case .float32(let value): "\(Double(value) * scale)"
    case .float64(let value): "\(value * scale)"
    default: "\(value)"
    }
  }

  /// The stored number of a physical one; nil if the text is no number, or has a fraction that the type cannot hold.
  ///
  /// Between two steps of a scaled integer the nearest is taken.
  static func stored(_ text: Substring, as type: NumberType, scale: Double) -> DynamicValue? {
    switch type {
    case .float32: (scale == 1 ? Float(text) : Double(text).map { Float($0 / scale) }).map { .float32($0) }
    case .float64: Double(text).map { .float64($0 / scale) }
    default: integer(text, scale: scale).map { .integer($0) }
    }
  }

  private static func integer(_ text: Substring, scale: Double) -> Int128? {
    guard let value = DecimalNumber(text) else { return nil }
    guard scale != 1 else { return value.whole }
    return DecimalNumber(scale: scale).flatMap { value.steps(of: $0) }
  }
}
