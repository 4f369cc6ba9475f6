import YAMLText

/// An entry under `frames:`.
struct FrameDeclaration {
  let name: Located<String>
  /// nil if it is missing or no number, which has been reported.
  let id: Located<Int128>?
  let doc: String?
  let priority: FramePriority
  let isRetained: Bool
  let fields: [FieldDeclaration]
}
