import BusSchema

extension SwiftRenderer {
  /// The stored properties and the initializer that takes them all.
  func renderMembers(_ fields: [FieldList.Field], into out: inout SourceWriter) {
    for field in fields {
      document(documentation(of: field), into: &out)
      out.line("public var \(field.swiftName): \(field.swiftType)")
    }
    if !fields.isEmpty { out.line() }
    out.line("@inlinable")
    renderInitializer(fields, into: &out)
    out.line()
  }

  private func renderInitializer(_ fields: [FieldList.Field], into out: inout SourceWriter) {
    guard let last = fields.last else {
      out.line("public init() {}")
      return
    }
    out.line("public init(")
    out.indented { out in
      for field in fields {
        let value = field.swiftDefault.map { " = \($0)" } ?? ""
        out.line("\(field.swiftName): \(field.swiftType)\(value)\(field.name == last.name ? "" : ",")")
      }
    }
    out.block(")") { out in
      for field in fields { out.line("self.\(field.swiftName) = \(field.swiftName)") }
    }
  }

  func renderSize(_ fields: [FieldList.Field], into out: inout SourceWriter) {
    let fixed = fields.filter(\.type.isFixedSize).encodedSizeMin
    let variable = fields.filter { !$0.type.isFixedSize }.map { "self.\($0.swiftName).encodedSize" }
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
    switch (field.unit, field.scale) {
    case (let unit?, 1): facts.append("In \(unit).")
    case (nil, 1): break
    case (let unit, let scale):
      facts.append("In steps of \(scale.shortestText)\(unit.map { " \($0)" } ?? "").")
    }
    let element = field.type.element
    switch (field.min, field.max) {
    case (let min?, let max?): facts.append("From \(element.text(min)) to \(element.text(max)).")
    case (let min?, nil): facts.append("At least \(element.text(min)).")
    case (nil, let max?): facts.append("At most \(element.text(max)).")
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
