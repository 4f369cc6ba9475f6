import BusSchema

extension SwiftRenderer {
  /// - Parameter structName: the struct that the field belongs to; nil for a frame's.
  func renderEncoding(_ field: FieldList.Field, of structName: String?, into out: inout SourceWriter) {
    let label = "field: \(errorName(of: field, in: structName))"
    let value: String
    if field.isScaled {
      let range = range(of: field).map { "in: \($0), " } ?? ""
      value = "self.\(SwiftName.storage(field.name)).encodable(\(range)\(field.swiftScale)\(field.swiftUnit), \(label))"
    } else {
      value = "self.\(field.swiftName)"
      if let range = range(of: field) {
        let check = "in: \(range)\(field.swiftUnit), \(label)"
        if case .single = field.type.shape {
          out.line("try writer.value(\(value), \(check))")
          return
        }
        out.block("for element in \(value)") { $0.line("try writer.check(element, \(check))") }
      }
    }
    switch (field.type.element, field.type.shape) {
    case (_, .fixed): out.line("try writer.fixedArray(\(value), \(label))")
    case (_, .bounded(let bound)): out.line("try writer.array(\(value), bound: \(bound), \(label))")
    case (_, .unbounded): out.line("try writer.array(\(value), bound: nil, \(label))")
    case (.number, .single) where field.enumeration == nil:
      out.line("\(field.isScaled ? "try " : "")writer.append(scalar: \(value))")
    case (.string(let bound), .single): out.line("try writer.string(\(value), bound: \(bound.swiftLiteral), \(label))")
    case (.bytes(let bound), .single):
      out.line("try writer.byteString(\(value), bound: \(bound.swiftLiteral), \(label))")
    case (.bool, .single), (.number, .single), (.structure, .single):
      out.line("try writer.value(\(value), \(label))")
    }
  }

  /// - Parameter structName: the struct that the field belongs to; nil for a frame's.
  func renderDecoding(_ field: FieldList.Field, of structName: String?, into out: inout SourceWriter) {
    let fallback = field.swiftStoredDefault.map { "reader.isAtEnd ? \($0) : " } ?? ""
    let read = "\(fallback)reader.\(reading(of: field, errorName: errorName(of: field, in: structName)))"
    if field.isScaled {
      out.line("self.\(SwiftName.storage(field.name)) = .stored(try \(read))")
    } else {
      out.line("self.\(field.swiftName) = try \(read)")
    }
  }

  private func reading(of field: FieldList.Field, errorName: String) -> String {
    let label = "field: \(errorName)"
    let element = field.swiftElementType
    return switch (field.type.element, field.type.shape) {
    case (_, .fixed): "fixedArray(\(field.swiftStoredType).self, \(label))"
    case (_, .bounded(let bound)): "array(of: \(element).self, bound: \(bound), \(label))"
    case (_, .unbounded): "array(of: \(element).self, bound: nil, \(label))"
    case (.number, .single) where field.enumeration == nil: "scalar(\(element).self, \(label))"
    case (.string(let bound), .single): "string(bound: \(bound.swiftLiteral), \(label))"
    case (.bytes(let bound), .single): "byteString(bound: \(bound.swiftLiteral), \(label))"
    case (.bool, .single), (.number, .single), (.structure, .single): "value(\(element).self, \(label))"
    }
  }

  /// A field of a struct is named with its struct: a frame may hold several.
  private func errorName(of field: FieldList.Field, in structName: String?) -> String {
    (structName.map { "\($0).\(field.name)" } ?? field.name).swiftLiteral
  }

  /// The range that encoding enforces, as an expression; nil if everything is allowed.
  private func range(of field: FieldList.Field) -> String? {
    guard case .number(let type) = field.type.element, field.min != nil || field.max != nil else { return nil }
    let least = type.integers.map { "\($0.lowerBound)" } ?? "-\(type.swiftType).infinity"
    let greatest = type.integers.map { "\($0.upperBound)" } ?? "\(type.swiftType).infinity"
    return "\(field.min.map(type.text) ?? least) ... \(field.max.map(type.text) ?? greatest)"
  }
}
