import BusSchema

extension SwiftRenderer {
  func render(_ model: EnumModel, into out: inout SourceWriter) {
    let type = SwiftName.type(model.enumeration.name)
    let values = model.enumeration.values
    out.line()
    document(
      [
        model.doc?.onOneLine ?? "`\(model.enumeration.name)` of the schema.",
        "Other values than the named ones are kept.",
      ],
      into: &out)
    out.block("public nonisolated struct \(type): PayloadEnum, Hashable, CustomStringConvertible") { out in
      let carrier = model.carrier.swiftType
      for value in values {
        let name = SwiftName.escaped(SwiftName.enumValue(value.name))
        document(value.doc.map { [$0.onOneLine] } ?? [], into: &out)
        out.line("@inlinable")
        out.line("public static var \(name): \(type) { \(type)(rawValue: \(value.number)) }")
      }
      out.line()
      out.line("/// The named values in the order of the schema.")
      out.line("public static var allKnown: [\(type)] {")
      out.indented { out in
        out.line("[")
        out.indented { out in
          for value in values { out.line("\(type)(rawValue: \(value.number)),") }
        }
        out.line("]")
      }
      out.line("}")
      out.line()
      out.line("public var rawValue: \(carrier)")
      out.line()
      out.line("@inlinable")
      out.block("public init(rawValue: \(carrier))") { $0.line("self.rawValue = rawValue") }
      out.line()
      out.line("/// The schema's name of the value; nil for values that it does not name.")
      out.block("public var name: String?") { out in
        out.line("switch rawValue {")
        for value in values { out.line("case \(value.number): \(value.name.swiftLiteral)") }
        out.line("default: nil")
        out.line("}")
      }
    }
  }
}
