import BusClient

/// `FIELD=VALUE` on a command line.
struct Assignment: Equatable {
  let field: String
  let value: String

  init(field: String, value: String) {
    self.field = field
    self.value = value
  }

  init(_ text: String) throws(UsageError) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw UsageError("'\(text)' is no FIELD=VALUE")
    }
    field = String(text[..<equals])
    value = String(text[text.index(after: equals)...])
  }

  /// The payload of a frame with these values; what is not given takes its default.
  ///
  /// - Throws: `ToolError` that names the field, or all fields if one is missing or unknown.
  static func payload(
    _ assignments: [Assignment], _ fields: [FieldList.Field], of frame: String
  ) throws(ToolError) -> [UInt8] {
    let all = fields.isEmpty ? "no fields" : "the fields " + fields.map(summary).joined(separator: ", ")
    if let unknown = assignments.first(where: { given in !fields.contains { $0.name == given.field } }) {
      let nearest = Nearest.match(for: unknown.field, among: fields.map(\.name))
      let advice = nearest.map { "did you mean '\($0)'? " } ?? ""
      throw ToolError("\(frame) has no field '\(unknown.field)'; \(advice)it has \(all)")
    }
    var values: [DynamicValue] = []
    for field in fields {
      if let given = assignments.first(where: { $0.field == field.name }) {
        do throws(ValueError) {
          values.append(try ValueParser.value(given.value, of: field))
        } catch {
          throw ToolError("\(frame): \(error)")
        }
      } else if let value = field.defaultValue {
        values.append(DynamicValue(value, of: field.type))
      } else {
        throw ToolError("\(frame) needs a value for '\(field.name)'; it has \(all)")
      }
    }
    do throws(CodecError) {
      return try PayloadBuilder.encode(values, as: fields)
    } catch {
      throw ToolError("\(frame): \(error)")
    }
  }

  /// Values of an enum that its schema does not name: they can be sent, and are more often a slip.
  static func unnamed(in payload: [UInt8], _ fields: [FieldList.Field]) -> [String] {
    guard let values = try? DynamicValue.decode(payload.span.bytes, as: fields) else { return [] }
    return zip(values, fields).compactMap { value, field in
      guard let enumeration = field.enumeration, case .integer(let number) = value,
        enumeration.name(of: number) == nil
      else { return nil }
      return "\(field.name)=\(number) has no name in \(Printable.text(enumeration.name))"
    }
  }

  private static func summary(_ field: FieldList.Field) -> String {
    let unit = field.unit.map { " in \(Printable.text($0))" } ?? ""
    return "\(field.name) (\(field.type)\(unit)\(field.defaultValue == nil ? "" : ", has a default"))"
  }
}
