import YAMLText

/// Everything that can be wrong with the declarations of a schema, in one pass.
struct Validator {
  let files: [SchemaFile]
  let declarations: Declarations
  /// Whether all files of the schema could be read.
  let isComplete: Bool
  /// The Swift module that the frames are for.
  let module: String?
  /// The ids of a file that names none.
  let idsByDefault: ClosedRange<UInt16>

  /// The module that declares the bus's own frames.
  static let busModule = "BusWire"

  /// What is wrong; empty for a schema that can be translated.
  func diagnostics() -> [Diagnostic] {
    let types = TypeTable(declarations)
    var names = NameCheck(module: module)
    names.check(declarations)
    var ids = IDCheck(isBus: module == Validator.busModule, byDefault: idsByDefault)
    ids.check(files)
    var enums = EnumCheck(types: types)
    enums.check(declarations.enums)
    var fields = TypeCheck(types: types, isComplete: isComplete)
    var values = ValueCheck(types: types)
    for structure in declarations.structs {
      fields.check(structure.fields)
      values.check(structure.fields, ofStruct: structure.name.value)
    }
    for frame in declarations.frames {
      fields.check(frame.fields)
      values.check(frame.fields, ofStruct: nil)
    }
    var jobs = JobCheck(declarations, isComplete: isComplete)
    jobs.check(declarations.frames)
    var nesting = NestingCheck(declarations)
    nesting.check()
    var sizes = SizeCheck(declarations, types: types)
    if nesting.diagnostics.isEmpty { sizes.check() }
    return tooMany() + names.diagnostics + ids.diagnostics + enums.diagnostics + fields.diagnostics
      + values.diagnostics + jobs.diagnostics + nesting.diagnostics + sizes.diagnostics
  }

  /// A manager keeps only this many frames declared; more enums or structs are a mistake too.
  private func tooMany() -> [Diagnostic] {
    let sections = [
      ("enums", declarations.enums.map(\.name)), ("structs", declarations.structs.map(\.name)),
      ("frames", declarations.frames.map(\.name)),
    ]
    return sections.filter { $0.1.count > Limits.declarationsMax }.map { section, names in
      Diagnostic(
        names[Limits.declarationsMax].position,
        "a schema has at most \(Limits.declarationsMax) \(section), this one has \(names.count); remove some")
    }
  }
}
