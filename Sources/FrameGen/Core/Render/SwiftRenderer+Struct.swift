import BusSchema

extension SwiftRenderer {
  func render(_ model: StructModel, into out: inout SourceWriter) {
    out.line()
    document([model.doc?.onOneLine ?? "`\(model.name)` of the schema."], into: &out)
    out.block("public nonisolated struct \(SwiftName.type(model.name)): PayloadValue") { out in
      renderMembers(model.fields, into: &out)
      out.line("@inlinable")
      out.line("public static var encodedSizeMin: Int { \(model.fields.encodedSizeMin) }")
      out.line()
      renderSize(model.fields, into: &out)
      out.line()
      out.line("@inlinable")
      out.block("public func encode(into writer: inout PayloadWriter, field _: StaticString) throws(CodecError)") {
        out in
        for field in model.fields { renderEncoding(field, of: model.name, into: &out) }
      }
      out.line()
      out.line("@inlinable")
      out.block("public init(from reader: inout PayloadReader, field _: StaticString) throws(CodecError)") { out in
        for field in model.fields { renderDecoding(field, of: model.name, into: &out) }
      }
    }
  }
}
