extension FieldList {
  /// The field list of a frame.
  package static func text(of fields: [Field]) -> String {
    fields.map(line).joined(separator: "\n")
  }

  private static func line(of field: Field) -> String {
    var line = summary(of: field)
    if let value = field.defaultValue { line += " = \(text(of: value, field.type.element))" }
    for annotation in annotations(of: field, path: "") { line += "\t\(annotation)" }
    return line
  }

  private static func summary(of field: Field) -> String {
    "\(field.name) \(text(of: field.type)) \(field.unit ?? "-") \(field.scale.shortestText)"
  }

  private static func text(of type: ValueType) -> String {
    guard case .structure(let fields) = type.element else { return type.description }
    return "{" + fields.map(summary).joined(separator: "; ") + "}" + type.shape.suffix
  }

  private static func text(of value: DefaultValue, _ element: ValueType.Element) -> String {
    switch value {
    case .bool(let value): "\(value)"
    case .number(let number): element.text(number)
    case .text(let text): JSONText.quoted(text)
    case .empty: "[]"
    }
  }

  /// What is known of a field and, if it is a struct, of the fields in it.
  private static func annotations(of field: Field, path: String) -> [String] {
    let prefix = path.isEmpty ? "" : "\(path):"
    let inside = { path.isEmpty ? $0 : "\(path).\($0)" }
    var annotations: [String] = []
    if let min = field.min { annotations.append("\(prefix)min=\(field.type.element.text(min))") }
    if let max = field.max { annotations.append("\(prefix)max=\(field.type.element.text(max))") }
    if let enumeration = field.enumeration {
      let values = enumeration.values.map { "\($0.name)=\($0.number)" }.joined(separator: " ")
      annotations.append("\(prefix)enum=\(enumeration.name) \(values)")
      for value in enumeration.values {
        if let doc = value.doc { annotations.append("\(inside(value.name)):doc=\(doc.onOneLine)") }
      }
    }
    if let name = field.structName { annotations.append("\(prefix)struct=\(name)") }
    if let doc = field.doc { annotations.append("\(prefix)doc=\(doc.onOneLine)") }
    if case .structure(let fields) = field.type.element {
      for field in fields { annotations += FieldList.annotations(of: field, path: inside(field.name)) }
    }
    return annotations
  }
}

extension FieldList.ValueType.Element {
  /// The shortest text of a stored number of this type.
  package func text(_ number: Number) -> String {
    guard case .number(let type) = self else { return number.description }
    return type.text(number)
  }
}

extension String {
  /// The text with spaces in place of control characters and none at its ends.
  package var onOneLine: String {
    let scalars = unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
    let text = String(String.UnicodeScalarView(scalars))
    let start = text.drop { $0 == " " }
    return String(start[..<(start.lastIndex { $0 != " " }.map(start.index(after:)) ?? start.startIndex)])
  }
}
