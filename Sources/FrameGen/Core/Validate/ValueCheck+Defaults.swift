import BusSchema
import YAMLText

extension ValueCheck {
  mutating func refuseDefault(of field: FieldDeclaration, in structName: String) {
    guard let literal = field.defaultLiteral else { return }
    report(
      literal.position,
      "a field of a struct has no default, because struct \(structName) is always sent whole; remove it")
  }

  /// A payload may end only where everything that is missing has a default.
  mutating func checkOrder(of fields: [FieldDeclaration]) {
    guard let first = fields.firstIndex(where: { $0.defaultLiteral != nil }) else { return }
    for field in fields[first...] where field.defaultLiteral == nil {
      report(
        field.name.position,
        "field '\(field.name.value)' needs a default, because '\(fields[first].name.value)' before it has one: a payload may"
          + " only end before trailing fields that all have defaults")
    }
  }

  mutating func checkDefault(of field: FieldDeclaration) {
    guard let literal = field.defaultLiteral, let type = field.type, let kind = types.kind(type.value.name) else {
      return
    }
    switch (kind, type.value.shape) {
    case (_, .unbounded), (.bool, .bounded), (.number, .bounded), (.enumeration, .bounded), (.structure, .bounded),
      (.bytes, _):
      if literal.value != .emptyList { report(literal.position, "the default of an array can only be []") }
    case (_, .fixed), (.structure, _):
      report(literal.position, "a struct or a fixed array has no default; remove it")
    case (.bool, _): checkBool(literal)
    case (.string, let shape): checkText(literal, shape: shape)
    case (.number(let number), _): checkNumber(literal, of: field, number)
    case (.enumeration(let declaration), _): checkName(literal, of: declaration)
    }
  }

  private mutating func checkBool(_ literal: Located<DefaultLiteral>) {
    switch literal.value {
    case .scalar("true", isPlain: true), .scalar("false", isPlain: true): break
    default: report(literal.position, "the default of a bool must be true or false")
    }
  }

  private mutating func checkText(_ literal: Located<DefaultLiteral>, shape: FieldList.ValueType.Shape) {
    guard case .scalar(let text, _) = literal.value else {
      report(literal.position, "the default of a string must be a text")
      return
    }
    if case .bounded(let bound) = shape, text.utf8.count > bound {
      report(literal.position, "the default has \(text.utf8.count) bytes, its type allows \(bound); shorten it")
    }
  }

  private mutating func checkNumber(
    _ literal: Located<DefaultLiteral>, of field: FieldDeclaration, _ number: NumberType
  ) {
    guard case .scalar(let text, isPlain: true) = literal.value, let written = Number(text),
      let value = field.fraction.stored(written, as: number)
    else {
      report(literal.position, "the default is no value of \(number.rawValue)\(advice(number, field))")
      return
    }
    if let least = field.min, let min = field.fraction.stored(least.value, as: number), value.isBelow(min) {
      report(literal.position, "the default \(written) is below 'min' \(least.value); raise it")
    } else if let greatest = field.max, let max = field.fraction.stored(greatest.value, as: number), max.isBelow(value)
    {
      report(literal.position, "the default \(written) is above 'max' \(greatest.value); lower it")
    }
  }

  private mutating func checkName(_ literal: Located<DefaultLiteral>, of declaration: EnumDeclaration) {
    let names = declaration.values.map(\.name.value)
    if case .scalar(let name, _) = literal.value {
      if names.contains(name) { return }
      let advice = Nearest.advice(for: name, among: names)
      report(
        literal.position,
        "enum \(declaration.name.value) has no value '\(name)'; \(advice)one of \(names.joined(separator: ", "))")
    } else {
      report(literal.position, "the default of an enum must be the name of a value")
    }
  }
}
