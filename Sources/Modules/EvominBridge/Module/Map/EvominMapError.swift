import YAMLText

/// Everything that is wrong with a map.
struct EvominMapError: Error, Equatable, Sendable {
  let diagnostics: [Diagnostic]

  init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics.sorted { $0.position < $1.position }
  }

  /// A line for each problem, `evomin.yaml:3:5: error: …`.
  var text: String {
    diagnostics.map { $0.text + "\n" }.joined()
  }

  var count: Int { diagnostics.count }
}
