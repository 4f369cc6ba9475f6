import BusWire
import JSONValue

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

/// Values as scripts read them: physical numbers, enums by name, bytes as `0x…`, what is not finite as null.
enum ValueJSON {
  static func object(_ values: [DynamicValue], _ fields: [FieldList.Field]) -> JSON {
    .object(zip(values, fields).map { value, field in JSON.Member(field.name, json(value, field)) })
  }

  private static func json(_ value: DynamicValue, _ field: FieldList.Field) -> JSON {
    switch (value, field.type.element) {
    case (.array(let elements), _): .array(elements.map { json($0, field) })
    case (.bool(let value), _): .bool(value)
    case (.text(let text), _): .text(text)
    case (.bytes(let bytes), _): .text("0x" + Hex.text(bytes))
    case (.structure(let values), .structure(let fields)): object(values, fields)
    case (.structure, _): .null
    case (.integer(let number), _):
      if let name = field.enumeration?.name(of: number) { .text(name) } else { self.number(value, field) }
    case (.float32(let number), _): number.isFinite ? self.number(value, field) : .null
    case (.float64(let number), _): number.isFinite ? self.number(value, field) : .null
    }
  }

  private static func number(_ value: DynamicValue, _ field: FieldList.Field) -> JSON {
    let digits = PhysicalNumber.text(value, scale: field.scale)
    // A scale can carry a number beyond what a double holds.
    return digits == "inf" || digits == "-inf" ? .null : .number(digits)
  }
}
