import YAMLText

/// The canonical field list: one line per field, which tells two programs whether they mean the same frame.
///
/// A line starts with `name type unit scale` and the default; this part is compared. Ranges, names of enum values and
/// documentation follow, each after a tab.
enum FieldList {
  static func text(of fields: [FieldModel]) -> String {
    fields.map(line).joined(separator: "\n")
  }

  private static func line(of field: FieldModel) -> String {
    var line = summary(of: field)
    if let value = field.defaultValue { line += " = \(text(of: value))" }
    for annotation in annotations(of: field, path: "") { line += "\t\(annotation)" }
    return line
  }

  private static func summary(of field: FieldModel) -> String {
    "\(field.name) \(text(of: field.type)) \(field.unit ?? "-") \((field.scale ?? 1).shortestText)"
  }

  private static func text(of type: ValueType) -> String {
    let element =
      switch type.element {
      case .bool: "bool"
      case .number(let number): number.rawValue
      case .string(let bound): "string" + suffix(bound)
      case .bytes(let bound): "bytes" + suffix(bound)
      case .enumeration(let model): model.carrier.rawValue
      case .structure(let model): "{" + model.fields.map(summary).joined(separator: "; ") + "}"
      }
    switch type.shape {
    case .single: return element
    case .fixed(let count): return "\(element)[\(count)]"
    case .bounded(let bound): return element + suffix(bound)
    case .unbounded: return "\(element)[]"
    }
  }

  private static func suffix(_ bound: Int?) -> String {
    bound.map { "[<=\($0)]" } ?? ""
  }

  private static func text(of value: DefaultValue) -> String {
    switch value {
    case .bool(let value): "\(value)"
    case .number(let number, let type): type.text(number)
    case .text(let text): JSONText.quoted(text)
    case .enumValue(let value): "\(value.number)"
    case .emptyArray: "[]"
    }
  }

  /// What is known of a field and, if it is a struct, of the fields in it.
  private static func annotations(of field: FieldModel, path: String) -> [String] {
    let prefix = path.isEmpty ? "" : "\(path):"
    var annotations: [String] = []
    if let min = field.min { annotations.append("\(prefix)min=\(field.type.element.text(min))") }
    if let max = field.max { annotations.append("\(prefix)max=\(field.type.element.text(max))") }
    if case .enumeration(let model) = field.type.element {
      let values = model.values.map { "\($0.name)=\($0.number)" }.joined(separator: " ")
      annotations.append("\(prefix)enum=\(model.name) \(values)")
    }
    if let doc = field.doc { annotations.append("\(prefix)doc=\(doc.onOneLine)") }
    if case .structure(let model) = field.type.element {
      for inner in model.fields {
        annotations += FieldList.annotations(of: inner, path: path.isEmpty ? inner.name : "\(path).\(inner.name)")
      }
    }
    return annotations
  }
}

extension ElementType {
  /// The shortest text of a number of this type.
  func text(_ number: Number) -> String {
    guard case .number(let type) = self else { return number.description }
    return type.text(number)
  }
}

extension String {
  /// The text with spaces in place of control characters and none at its ends.
  var onOneLine: String {
    let scalars = unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
    let text = String(String.UnicodeScalarView(scalars))
    let start = text.drop { $0 == " " }
    return String(start[..<(start.lastIndex { $0 != " " }.map(start.index(after:)) ?? start.startIndex)])
  }
}
