import BusSchema
import YAMLText

/// Checks units, scales, ranges and defaults against the types of their fields.
struct ValueCheck {
  let types: TypeTable
  private(set) var diagnostics: [Diagnostic] = []

  init(types: TypeTable) {
    self.types = types
  }

  /// - Parameter structName: the struct that the fields belong to; nil for those of a frame.
  mutating func check(_ fields: [FieldDeclaration], ofStruct structName: String?) {
    for field in fields {
      checkUnit(of: field)
      checkScale(of: field)
      checkRange(of: field)
    }
    if let structName {
      for field in fields { refuseDefault(of: field, in: structName) }
    } else {
      for field in fields { checkDefault(of: field) }
      checkOrder(of: fields)
    }
  }

  /// The number type of a field; nil if it is unknown or no number.
  private func number(of field: FieldDeclaration) -> NumberType? {
    guard let type = field.type, case .number(let number)? = types.kind(type.value.name) else { return nil }
    return number
  }

  /// Whether a key is on a field of numbers; reports it if it is not.
  private mutating func isOnNumber(_ key: String, at position: Position, of field: FieldDeclaration) -> Bool {
    guard let type = field.type, let kind = types.kind(type.value.name) else { return false }
    if case .number = kind { return true }
    report(
      position, "'\(key)' is for numbers and arrays of them, but '\(field.name.value)' is \(type.value.name); remove it"
    )
    return false
  }

  private mutating func checkUnit(of field: FieldDeclaration) {
    guard let unit = field.unit, isOnNumber("unit", at: unit.position, of: field) else { return }
    let isClean = unit.value.unicodeScalars.allSatisfy {
      !$0.properties.isWhitespace && $0.properties.generalCategory != .control && !";{}".unicodeScalars.contains($0)
    }
    if !isClean || unit.value == "-" {
      report(unit.position, "a unit is one word such as degC or m/s, without spaces and ; { }; remove the key for none")
    } else if unit.value.utf8.count > Limits.unitBytesMax {
      report(unit.position, "a unit has at most \(Limits.unitBytesMax) bytes; abbreviate it")
    }
  }

  private mutating func checkScale(of field: FieldDeclaration) {
    guard let scale = field.scale, isOnNumber("scale", at: scale.position, of: field) else { return }
    if scale.value.real <= 0 {
      report(scale.position, "'scale' must be above 0: the physical value is the stored one times the scale")
    }
  }

  private mutating func checkRange(of field: FieldDeclaration) {
    let min = bound("min", field.min, of: field)
    let max = bound("max", field.max, of: field)
    guard let min, let max, max.isBelow(min), let least = field.min, let greatest = field.max else { return }
    report(greatest.position, "'max' \(greatest.value) is below 'min' \(least.value); swap them")
  }

  /// A bound as a stored number; nil if there is none or it has been reported.
  private mutating func bound(_ key: String, _ bound: Located<Number>?, of field: FieldDeclaration) -> Number? {
    guard let bound, isOnNumber(key, at: bound.position, of: field), let number = number(of: field) else { return nil }
    if let value = field.fraction.stored(bound.value, as: number) { return value }
    report(bound.position, "'\(key)' \(bound.value) is no value of \(number.rawValue)\(advice(number, field))")
    return nil
  }

  /// The values to choose from, in words.
  func advice(_ number: NumberType, _ field: FieldDeclaration) -> String {
    let fraction = field.fraction
    guard let integers = number.integers else { return "; use a number within its range" }
    let least = fraction.physical(.integer(integers.lowerBound))
    let greatest = fraction.physical(.integer(integers.upperBound))
    guard let scale = field.scale, fraction != ScaleFraction(1) else {
      return "; use a whole number from \(least) to \(greatest)"
    }
    return " in steps of \(scale.value); use a multiple of \(scale.value) from \(least) to \(greatest)"
  }

  mutating func report(_ position: Position, _ message: String) {
    diagnostics.append(Diagnostic(position, message))
  }
}
