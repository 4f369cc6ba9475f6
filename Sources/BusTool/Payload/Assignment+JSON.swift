import BusWire
import JSONValue

extension Assignment {
  /// A member of a JSON object. Numbers are physical; an enum is its name, bytes are `"0x…"`.
  ///
  /// - Throws: `ValueError` if the value is of another kind than the field: text for a number, null, and so on.
  init(_ member: JSON.Member, _ fields: [FieldList.Field]) throws(ValueError) {
    if let field = fields.first(where: { $0.name == member.name }) {
      try Self.check(member.value, field, path: field.name)
    }
    self.init(field: member.name, value: member.value.line)
  }

  private static func check(_ json: JSON, _ field: FieldList.Field, path: String) throws(ValueError) {
    guard field.type.shape != .single else { return try checkElement(json, field, path: path) }
    guard case .array(let elements) = json else { throw misfit(json, "an array", path) }
    for (index, element) in elements.enumerated() {
      try checkElement(element, field, path: "\(path)[\(index)]")
    }
  }

  private static func checkElement(_ json: JSON, _ field: FieldList.Field, path: String) throws(ValueError) {
    switch (field.type.element, json) {
    case (.bool, .bool), (.number, .number), (.number, .text), (.string, .text), (.bytes, .text): return
    case (.structure(let fields), .object(let members)):
      for member in members {
        guard let field = fields.first(where: { $0.name == member.name }) else { continue }
        try check(member.value, field, path: "\(path).\(field.name)")
      }
    case (.bool, _): throw misfit(json, "true or false", path)
    case (.number, _): throw misfit(json, field.enumeration == nil ? "a number" : "the name of a value in \"\"", path)
    case (.string, _): throw misfit(json, "a text in \"\"", path)
    case (.bytes, _): throw misfit(json, "bytes such as \"0x0AFF\"", path)
    case (.structure, _): throw misfit(json, "an object", path)
    }
  }

  private static func misfit(_ json: JSON, _ wanted: String, _ path: String) -> ValueError {
    ValueError("field '\(path)' takes \(wanted), not \(Clipped.text(json.line, 40))")
  }
}
