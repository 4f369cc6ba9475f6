import YAMLText

/// A schema that cannot be used, with everything that is wrong in it.
public struct SchemaError: Error, Equatable, Sendable {
  /// At least one, in the order of the file.
  public let diagnostics: [Diagnostic]

  init(_ diagnostics: [Diagnostic]) {
    let inOrder = diagnostics.enumerated().sorted {
      ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
    }
    self.diagnostics = inOrder.map(\.element)
  }
}
