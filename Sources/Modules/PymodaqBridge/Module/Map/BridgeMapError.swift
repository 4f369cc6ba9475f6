import YAMLText

/// Everything that is wrong with a map.
struct BridgeMapError: Error, Equatable, Sendable {
  let diagnostics: [Diagnostic]

  init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics.sorted { $0.position < $1.position }
  }

  /// A line for each problem, `pymodaq.yaml:3:5: error: …`.
  var text: String { diagnostics.map { $0.text + "\n" }.joined() }

  var count: Int { diagnostics.count }
}

extension BridgeMap {
  /// Reads the text of a `pymodaq.yaml`; docs/PYMODAQ.md explains the keys.
  ///
  /// - Parameters:
  ///   - bytes: what the file holds.
  ///   - path: the file's path as the user wrote it.
  ///   - instance: of which instance a frame is where the file does not say.
  /// - Throws: everything that is wrong with it.
  init(reading bytes: [UInt8], path: String = "pymodaq.yaml", instance: UInt8 = 0) throws(BridgeMapError) {
    if let problem = SourceText.problem(in: bytes, file: path, advice: "no lab has as many instruments") {
      throw BridgeMapError([problem])
    }
    var parser = YAMLParser(bytes, file: path)
    let root: YAMLNode?
    do throws(Diagnostic) {
      root = try parser.parse()
    } catch {
      throw BridgeMapError(parser.diagnostics + [error])
    }
    var reader = BridgeMapReader(instance: instance, diagnostics: parser.diagnostics)
    let roles = reader.roles(in: root, path: path)
    guard reader.diagnostics.isEmpty else { throw BridgeMapError(reader.diagnostics) }
    self.init(roles: roles)
  }
}
