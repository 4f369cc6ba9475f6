import BusSchema
import YAMLText

/// Checks that the types of fields exist and that their counts make sense.
struct TypeCheck {
  let types: TypeTable
  /// Whether all files of the schema could be read; if not, an unknown type may be declared in one of them.
  let isComplete: Bool
  private(set) var diagnostics: [Diagnostic] = []

  init(types: TypeTable, isComplete: Bool) {
    self.types = types
    self.isComplete = isComplete
  }

  mutating func check(_ fields: [FieldDeclaration]) {
    for type in fields.compactMap(\.type) {
      guard let kind = types.kind(type.value.name) else {
        if isComplete { reportUnknown(type) }
        continue
      }
      checkShape(type, kind: kind)
    }
  }

  private mutating func reportUnknown(_ type: Located<TypeExpression>) {
    let name = type.value.name
    if let near = Nearest.match(for: name, among: types.names) {
      report(type, "unknown type '\(name)'; did you mean '\(near)'?")
    } else {
      report(type, "unknown type '\(name)'; use one like uint8, float32, string, or declare an enum or struct")
    }
  }

  private mutating func checkShape(_ type: Located<TypeExpression>, kind: TypeTable.Kind) {
    switch (type.value.shape, kind) {
    case (.unbounded, .bytes), (.fixed, .bytes):
      report(
        type, "there is no array of bytes; use uint8[4] for a fixed number of bytes, or a struct with a bytes field")
    case (.fixed(0), _), (.bounded(0), _):
      report(type, "a count of 0 leaves nothing to send; use 1 or more, or remove the field")
    case (.fixed(let count), _) where count > Limits.fixedArrayCountMax:
      let advice = "use \(type.value.name)[<=N] or \(type.value.name)[]"
      report(type, "a fixed array has at most \(Limits.fixedArrayCountMax) elements; \(advice)")
    case (.bounded(let bound), _) where bound > Limits.payloadBytesMax:
      report(type, "the bound is above \(Limits.payloadBytesMax), the bytes of the largest payload; lower it")
    default:
      break
    }
  }

  private mutating func report(_ type: Located<TypeExpression>, _ message: String) {
    diagnostics.append(Diagnostic(type.position, message))
  }
}
