import YAMLText

/// Turns a schema into source text: parse, read, validate, translate, render.
public struct FrameGenerator: Sendable {
  private let language: Language
  private let module: String?

  /// The largest schema that is accepted.
  public static var schemaBytesMax: Int { SourceText.bytesMax }

  /// - Parameter module: the Swift module that the text will be part of, if it is known.
  public init(language: Language = .swift, module: String? = nil) {
    self.language = language
    self.module = module
  }

  /// The source text for a schema. It depends on nothing else.
  ///
  /// - Parameter bytes: what the schema file holds.
  /// - Throws: everything that is wrong with the schema.
  public func generate(from bytes: [UInt8]) throws(SchemaError) -> String {
    language.renderer(module: module).render(try model(of: bytes))
  }

  /// The checked schema.
  func model(of bytes: [UInt8]) throws(SchemaError) -> SchemaModel {
    if let problem = SourceText.problem(in: bytes) { throw SchemaError([problem]) }
    var parser = YAMLParser(bytes)
    let root = try parse(with: &parser)
    var reader = SchemaReader(diagnostics: parser.diagnostics)
    let file = reader.file(root)
    let diagnostics = reader.diagnostics + Validator(file: file, module: module).diagnostics()
    guard diagnostics.isEmpty else { throw SchemaError(diagnostics) }
    var translator = Translator(file)
    let model = translator.translate()
    let tooLong = FieldListCheck.diagnostics(of: model.frames, declaredAs: file.frames)
    guard tooLong.isEmpty else { throw SchemaError(tooLong) }
    return model
  }

  private func parse(with parser: inout YAMLParser) throws(SchemaError) -> YAMLNode {
    let root: YAMLNode?
    do throws(Diagnostic) {
      root = try parser.parse()
    } catch {
      throw SchemaError(parser.diagnostics + [error])
    }
    guard let root, !root.isEmpty else {
      throw SchemaError([Diagnostic(.start, "the file is empty; declare frames under 'frames:'")])
    }
    return root
  }
}
