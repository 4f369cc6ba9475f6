/// Everything that is wrong with a file of settings.
package struct SettingsError: Error, Equatable, Sendable {
  /// From top to bottom.
  package let diagnostics: [Diagnostic]

  package init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics.sorted { $0.position < $1.position }
  }

  /// A line for each problem, `evomin.yaml:3:5: error: …`.
  package var text: String { diagnostics.map { $0.text + "\n" }.joined() }

  /// What follows the name of the file, such as `has 2 errors`.
  package var summary: String { "has \(diagnostics.count) error\(diagnostics.count == 1 ? "" : "s")" }
}

extension YAMLReading {
  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - bytes: what the file holds.
  ///   - path: the file's path as the user wrote it.
  ///   - advice: what to do about a file that is too large.
  ///   - body: reads its tree, which is nil for an empty file, and reports what is wrong with it.
  /// - Throws: everything that is wrong with the file.
  package mutating func read<Value>(
    _ bytes: [UInt8], path: String, advice: String, _ body: (inout Self, YAMLNode?) -> Value
  ) throws(SettingsError) -> Value {
    if let problem = SourceText.problem(in: bytes, file: path, advice: advice) { throw SettingsError([problem]) }
    var parser = YAMLParser(bytes, file: path)
    let root: YAMLNode?
    do throws(Diagnostic) {
      root = try parser.parse()
    } catch {
      throw SettingsError(parser.diagnostics + [error])
    }
    diagnostics = parser.diagnostics
    let value = body(&self, root)
    guard diagnostics.isEmpty else { throw SettingsError(diagnostics) }
    return value
  }
}
