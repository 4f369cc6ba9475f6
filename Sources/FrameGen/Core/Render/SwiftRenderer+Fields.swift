import BusSchema

extension SwiftRenderer {
  /// The properties and the initializers that set them all.
  func renderMembers(_ fields: [FieldList.Field], into out: inout SourceWriter) {
    for field in fields {
      document(documentation(of: field), into: &out)
      if field.isScaled {
        renderScaled(field, into: &out)
      } else {
        out.line("public var \(field.swiftName): \(field.swiftType)")
      }
    }
    if !fields.isEmpty { out.line() }
    renderInitializer(fields, raw: false, into: &out)
    out.line()
    if fields.contains(where: \.isScaled) {
      document(["Takes the stored numbers of fields that have a scale."], into: &out)
      renderInitializer(fields, raw: true, into: &out)
      out.line()
    }
  }

  /// A property in the field's unit, one with the stored number, and what both of them show.
  private func renderScaled(_ field: FieldList.Field, into out: inout SourceWriter) {
    let storage = "self.\(SwiftName.storage(field.name))"
    out.block("public var \(field.swiftName): \(field.swiftType)") { out in
      out.line("@inlinable get { \(storage).physical(\(field.swiftScale)) }")
      out.line("@inlinable set { \(storage) = ScaledValue(newValue, \(field.swiftScale)) }")
    }
    let name = field.swiftName.filter { $0 != "`" }
    document(["`\(name)` as it is stored, \(step(of: field))."], into: &out)
    out.block("public var \(SwiftName.rawField(field.name)): \(field.swiftStoredType)") { out in
      out.line("@inlinable get { \(storage).clamped(\(field.swiftScale)) }")
      out.line("@inlinable set { \(storage) = .stored(newValue) }")
    }
    out.line("@usableFromInline var \(SwiftName.storage(field.name)): ScaledValue<\(field.swiftStoredType)>")
  }

  private func step(of field: FieldList.Field) -> String {
    let size = field.scale.shortestText + (field.unit.map { " \($0)" } ?? "")
    if case .number(let type) = field.type.element, type.isFloat { return "as a multiple of \(size)" }
    return "in steps of \(size)"
  }

  /// - Parameter raw: whether fields with a scale are given as stored numbers. Those have no defaults then, so that no
  ///   call can mean either initializer.
  private func renderInitializer(_ fields: [FieldList.Field], raw: Bool, into out: inout SourceWriter) {
    out.line("@inlinable")
    guard !fields.isEmpty else {
      out.line("public init() {}")
      return
    }
    let parameters = fields.map { field in
      if raw, field.isScaled { return "\(SwiftName.rawField(field.name)): \(field.swiftStoredType)" }
      return "\(field.swiftName): \(field.swiftType)\(field.swiftDefault.map { " = \($0)" } ?? "")"
    }
    out.line("public init(")
    out.indented { out in
      for parameter in parameters.dropLast() { out.line("\(parameter),") }
      out.line(parameters[parameters.count - 1])
    }
    out.block(")") { out in
      for field in fields {
        let storage = "self.\(SwiftName.storage(field.name))"
        switch (field.isScaled, raw) {
        case (false, _): out.line("self.\(field.swiftName) = \(field.swiftName)")
        case (true, false): out.line("\(storage) = ScaledValue(\(field.swiftName), \(field.swiftScale))")
        case (true, true): out.line("\(storage) = .stored(\(SwiftName.rawField(field.name)))")
        }
      }
    }
  }

  func renderSize(_ fields: [FieldList.Field], into out: inout SourceWriter) {
    let fixed = fields.filter(\.type.isFixedSize).encodedSizeMin
    let variable = fields.filter { !$0.type.isFixedSize }.map {
      $0.isScaled
        ? "self.\(SwiftName.storage($0.name)).encodedSize(\($0.swiftScale))" : "self.\($0.swiftName).encodedSize"
    }
    let terms = (fixed > 0 || variable.isEmpty ? ["\(fixed)"] : []) + variable
    out.line("@inlinable")
    if terms.count < 3 {
      out.line("public var encodedSize: Int { \(terms.joined(separator: " &+ ")) }")
      return
    }
    out.block("public var encodedSize: Int") { out in
      out.line(terms[0])
      out.indented { out in
        for term in terms.dropFirst() { out.line("&+ \(term)") }
      }
    }
  }

  private func documentation(of field: FieldList.Field) -> [String] {
    var facts: [String] = []
    switch (field.unit, field.isScaled) {
    case (let unit?, true): facts.append("In \(unit), \(step(of: field)).")
    case (let unit?, false): facts.append("In \(unit).")
    case (nil, true): facts.append("Stored \(step(of: field)).")
    case (nil, false): break
    }
    let element = field.type.element
    let text = { (number: Number) in
      field.isScaled ? field.fraction.physical(number).description : element.text(number)
    }
    switch (field.min, field.max) {
    case (let min?, let max?): facts.append("From \(text(min)) to \(text(max)).")
    case (let min?, nil): facts.append("At least \(text(min)).")
    case (nil, let max?): facts.append("At most \(text(max)).")
    case (nil, nil): break
    }
    switch (element, field.type.shape) {
    case (.string(let bound?), _): facts.append("At most \(bound) bytes of UTF-8.")
    case (.bytes(let bound?), _): facts.append("At most \(bound) bytes.")
    case (_, .bounded(let bound)): facts.append("At most \(bound) elements.")
    default: break
    }
    return [field.doc?.onOneLine, facts.isEmpty ? nil : facts.joined(separator: " ")].compactMap(\.self)
  }
}

extension [FieldList.Field] {
  /// The fewest bytes on the wire.
  var encodedSizeMin: Int { reduce(0) { $0 + $1.type.sizeMin } }
}

extension FieldList.Field {
  /// The property's name as it is written in source text.
  var swiftName: String { SwiftName.escaped(SwiftName.field(name)) }
}
