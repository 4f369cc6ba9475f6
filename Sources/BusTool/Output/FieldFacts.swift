import BusWire
import JSONValue

/// What a schema says about a field beside its name and type.
enum FieldFacts {
  /// For a person: `in steps of 0.01 degC; -40 to 85 degC; default 20.00; what it is.`
  static func text(_ field: FieldList.Field) -> String {
    var facts: [String] = []
    let unit = field.unit.map { Printable.text($0) }
    switch (unit, field.scale) {
    case (let unit?, 1): facts.append("in \(unit)")
    case (nil, 1): break
    case (let unit, let scale): facts.append("in steps of \(number(scale))" + (unit.map { " \($0)" } ?? ""))
    }
    if field.min != nil || field.max != nil, let range = NumberRange(field) { facts.append(range.text) }
    if let enumeration = field.enumeration {
      facts.append(Printable.text(enumeration.values.map { "\($0.name)=\($0.number)" }.joined(separator: " ")))
    }
    if let value = field.defaultValue {
      facts.append("default " + ValueText.text(DynamicValue(value, of: field.type), field))
    }
    if let doc = field.doc { facts.append(Printable.text(doc)) }
    return facts.joined(separator: "; ")
  }

  static func json(_ field: FieldList.Field) -> JSON {
    var members: [JSON.Member] = [.init("name", .text(field.name)), .init("type", .text(type(field)))]
    if let unit = field.unit { members.append(.init("unit", .text(unit))) }
    if field.scale != 1 { members.append(.init("scale", .number(number(field.scale)))) }
    if let min = field.min { members.append(.init("min", json(min, field))) }
    if let max = field.max { members.append(.init("max", json(max, field))) }
    if let value = field.defaultValue { members.append(.init("default", json(value, field))) }
    if let enumeration = field.enumeration {
      let values = enumeration.values.map { JSON.Member($0.name, .integer($0.number)) }
      let docs = enumeration.values.compactMap { value in value.doc.map { JSON.Member(value.name, .text($0)) } }
      let json: [JSON.Member] = [.init("name", .text(enumeration.name)), .init("values", .object(values))]
      members.append(.init("enum", .object(json + (docs.isEmpty ? [] : [.init("docs", .object(docs))]))))
    }
    if let doc = field.doc { members.append(.init("doc", .text(doc))) }
    if case .structure(let fields) = field.type.element {
      members.append(.init("fields", .array(fields.map(json))))
    }
    return .object(members)
  }

  /// The type as schemas write it; the fields of a `struct` are shown below it.
  static func type(_ field: FieldList.Field) -> String {
    guard case .structure = field.type.element else { return "\(field.type)" }
    return "struct" + "\(field.type)".drop { $0 != "[" }
  }

  private static func json(_ value: FieldList.DefaultValue, _ field: FieldList.Field) -> JSON {
    switch value {
    case .bool(let value): .bool(value)
    case .number(let number): json(number, field)
    case .text(let text): .text(text)
    case .empty: .array([])
    }
  }

  private static func json(_ value: Number, _ field: FieldList.Field) -> JSON {
    .number(PhysicalNumber.text(DynamicValue(.number(value), of: field.type), scale: 1))
  }

  private static func number(_ value: Double) -> String {
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
