import YAMLText

/// Everything that can be wrong with declarations, in one pass over the file.
struct Validator {
  let file: SchemaFile
  /// The Swift module that the frames are for.
  let module: String?

  /// What is wrong; empty for a schema that can be translated.
  func diagnostics() -> [Diagnostic] {
    let types = TypeTable(file)
    var names = NameCheck(module: module)
    names.check(file)
    var ids = IDCheck(isBus: module == Validator.busModule)
    ids.check(file.frames)
    var enums = EnumCheck(types: types)
    enums.check(file.enums)
    var fields = TypeCheck(types: types)
    var values = ValueCheck(types: types)
    for structure in file.structs {
      fields.check(structure.fields)
      values.check(structure.fields, ofStruct: structure.name.value)
    }
    for frame in file.frames {
      fields.check(frame.fields)
      values.check(frame.fields, ofStruct: nil)
    }
    var nesting = NestingCheck(file)
    nesting.check()
    var sizes = SizeCheck(file: file, types: types)
    if nesting.diagnostics.isEmpty { sizes.check() }
    return names.diagnostics + ids.diagnostics + enums.diagnostics + fields.diagnostics + values.diagnostics
      + nesting.diagnostics + sizes.diagnostics
  }

  /// The module that declares the bus's own frames.
  static let busModule = "BusWire"
}
