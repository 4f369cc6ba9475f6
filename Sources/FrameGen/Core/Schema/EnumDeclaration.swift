import YAMLText

/// An entry under `enums:`.
struct EnumDeclaration {
  struct Value {
    let name: Located<String>
    let number: Located<Int128>
  }

  let name: Located<String>
  /// nil if the schema leaves it out.
  let type: Located<String>?
  let doc: String?
  let values: [Value]
}
