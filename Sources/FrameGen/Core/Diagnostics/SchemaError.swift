import YAMLText

/// A schema that cannot be used, with everything that is wrong in it.
public struct SchemaError: Error, Equatable, Sendable {
  /// At least one, file by file from top to bottom.
  public let diagnostics: [Diagnostic]

  /// - Parameter files: the paths of the schema's files in the order in which they are included.
  init(_ diagnostics: [Diagnostic], in files: [String]) {
    let ranks = Dictionary(files.enumerated().map { ($1, $0) }) { first, _ in first }
    let rank = { (diagnostic: Diagnostic) in ranks[diagnostic.position.file] ?? files.count }
    let inOrder = diagnostics.enumerated().sorted {
      let (left, right) = ($0.element, $1.element)
      return (rank(left), left.position, $0.offset) < (rank(right), right.position, $1.offset)
    }
    self.diagnostics = inOrder.map(\.element)
  }
}
