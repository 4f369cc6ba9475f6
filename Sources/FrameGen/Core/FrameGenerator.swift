import BusSchema
import YAMLText

/// Turns a schema into Swift: load, validate, translate, render.
public struct FrameGenerator: Sendable {
  private let module: String?
  /// The ids of a file that names none: what is not Framebus's own.
  var idsByDefault: ClosedRange<UInt16> = 4096...0xFEFF

  /// The most bytes that one file of a schema may have.
  public static var schemaBytesMax: Int { SourceText.bytesMax }

  /// - Parameter module: the Swift module that the text will be part of, if it is known.
  public init(module: String? = nil) {
    self.module = module
  }

  /// The source text for a schema. It depends on nothing else.
  ///
  /// - Parameters:
  ///   - bytes: what the root of the schema holds.
  ///   - path: the root's path, for diagnostics and as the start of relative includes.
  ///   - files: where included files come from.
  /// - Throws: everything that is wrong with the schema.
  public func generate(
    from bytes: [UInt8], path: String, including files: some SchemaFiles
  ) throws(SchemaError) -> String {
    SwiftRenderer(module: module).render(try model(of: bytes, path: path, including: files))
  }

  /// The checked schema.
  func model(of bytes: [UInt8], path: String, including files: some SchemaFiles) throws(SchemaError) -> SchemaModel {
    var loader = SchemaLoader(files)
    loader.load(bytes, path: path)
    var declarations = Declarations()
    for file in loader.files { declarations.append(file.declarations) }
    let validator = Validator(
      files: loader.files, declarations: declarations, isComplete: loader.isComplete, module: module,
      idsByDefault: idsByDefault)
    let diagnostics = loader.diagnostics + validator.diagnostics()
    guard diagnostics.isEmpty else { throw SchemaError(diagnostics, in: loader.paths) }
    var translator = Translator(declarations)
    let model = translator.translate()
    let tooLong = zip(model.frames, declarations.frames).compactMap(fieldListProblem)
    guard tooLong.isEmpty else { throw SchemaError(tooLong, in: loader.paths) }
    return model
  }

  /// A field list that no manager would accept in a declaration.
  private func fieldListProblem(_ frame: FrameModel, _ declaration: FrameDeclaration) -> Diagnostic? {
    let size = frame.fieldList.utf8.count
    guard size > FieldList.bytesMax else { return nil }
    return Diagnostic(
      declaration.name.position,
      "the field list of \(frame.name) has \(size) bytes, the limit is \(FieldList.bytesMax); shorten its docs or"
        + " split it")
  }
}
