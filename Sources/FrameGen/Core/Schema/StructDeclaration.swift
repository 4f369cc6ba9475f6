import YAMLText

/// An entry under `structs:`.
struct StructDeclaration {
  let name: Located<String>
  let doc: String?
  let fields: [FieldDeclaration]
}
