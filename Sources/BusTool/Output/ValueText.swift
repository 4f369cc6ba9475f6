import BusWire

/// Values as a person reads them: physical, with unit, enums by name.
enum ValueText {
  /// More elements or bytes than this are cut short; JSON shows all.
  static let elementsMax = 64

  static func text(_ value: DynamicValue, _ field: FieldList.Field) -> String {
    let unit = field.unit.map { " \(Printable.text($0))" } ?? ""
    guard case .array(let elements) = value else { return element(value, field) + unit }
    let shown = elements.prefix(elementsMax).map { element($0, field) }.joined(separator: ", ")
    let more = elements.count > elementsMax ? ", … \(elements.count) in all" : ""
    return "[\(shown)\(more)]\(unit)"
  }

  private static func element(_ value: DynamicValue, _ field: FieldList.Field) -> String {
    switch (value, field.type.element) {
    case (.bool(let value), _): return "\(value)"
    case (.text(let text), _): return Printable.quoted(text)
    case (.bytes(let bytes), _):
      let more = bytes.count > elementsMax ? "… \(bytes.count) bytes in all" : ""
      return "0x" + Hex.text(bytes.prefix(elementsMax)) + more
    case (.structure(let values), .structure(let fields)):
      let parts = zip(values, fields).map { value, field in "\(field.name): \(text(value, field))" }
      return "{\(parts.joined(separator: ", "))}"
    case (.integer(let number), _):
      if let name = field.enumeration?.name(of: number) { return Printable.text(name) }
      return PhysicalNumber.text(value, scale: field.scale)
    default: return PhysicalNumber.text(value, scale: field.scale)
    }
  }
}
