import BusWire

/// What a number field may hold: the range of its schema, and of its type where that is narrower.
struct NumberRange: Equatable {
  private let field: FieldList.Field
  private let least: Number?
  private let greatest: Number?

  /// Nil if every number that fits the type may be sent and the type is not an integer, or if this is no number.
  init?(_ field: FieldList.Field) {
    guard case .number(let type) = field.type.element else { return nil }
    least = field.min ?? type.integers.map { .integer($0.lowerBound) }
    greatest = field.max ?? type.integers.map { .integer($0.upperBound) }
    if least == nil, greatest == nil { return nil }
    self.field = field
  }

  func contains(_ value: Int128) -> Bool {
    if case .integer(let least) = least, value < least { return false }
    if case .integer(let greatest) = greatest, value > greatest { return false }
    return true
  }

  /// Not-a-number is outside of every range.
  func contains(_ value: Double) -> Bool {
    if case .real(let least) = least, !(value >= least) { return false }
    if case .real(let greatest) = greatest, !(value <= greatest) { return false }
    return true
  }

  /// The range in physical units: `-45 to 45 deg`.
  var text: String {
    let range =
      switch (least, greatest) {
      case (let least?, let greatest?): "\(text(least)) to \(text(greatest))"
      case (let least?, nil): "at least \(text(least))"
      case (nil, let greatest?): "at most \(text(greatest))"
      case (nil, nil): "everything"
      }
    return range + (field.unit.map { " \(Printable.text($0))" } ?? "")
  }

  private func text(_ number: Number) -> String {
    PhysicalNumber.text(DynamicValue(.number(number), of: field.type), scale: field.scale)
  }
}
