import YAMLText

/// One file of a schema.
struct SchemaFile {
  let path: String
  /// The ids that its frames may have; nil if it does not say.
  var ids: [Located<ClosedRange<Int128>>]?
  /// Paths and patterns, relative to this file.
  var includes: [Located<String>] = []
  var declarations = Declarations()
}

/// Reads a schema with everything that it includes, each file once.
struct SchemaLoader {
  private let sources: any SchemaFiles
  /// Those that could be read, in the order in which they are included.
  private(set) var files: [SchemaFile] = []
  /// All of them, in the same order.
  private(set) var paths: [String] = []
  /// Everything that is wrong with the shape of the files.
  private(set) var diagnostics: [Diagnostic] = []
  /// Whether every file is there and is YAML; if not, names may be missing.
  private(set) var isComplete = true
  /// The paths, each in one form.
  private var known: Set<String> = []

  init(_ sources: any SchemaFiles) {
    self.sources = sources
  }

  /// - Parameters:
  ///   - bytes: what the root of the schema holds.
  ///   - path: the root's path as the user wrote it.
  mutating func load(_ bytes: [UInt8], path: String) {
    load(bytes, path: path, within: [])
  }

  /// - Parameter chain: the files that lead to this one by including each other.
  private mutating func load(_ bytes: [UInt8], path: String, within chain: [String]) {
    let chain = chain + [SchemaPath.normalized(path)]
    paths.append(path)
    known.formUnion(chain)
    guard let root = parse(bytes, path: path) else {
      isComplete = false
      return
    }
    var reader = SchemaReader(diagnostics: diagnostics)
    let file = reader.file(root, path: path)
    diagnostics = reader.diagnostics
    files.append(file)
    for include in file.includes { load(include, within: chain) }
  }

  private mutating func load(_ include: Located<String>, within chain: [String]) {
    let directory = SchemaPath.directory(of: include.position.file)
    let isPattern = SchemaPath.isPattern(include.value)
    let paths =
      isPattern
      ? sources.paths(matching: include.value, in: directory)
      : [include.value.hasPrefix("/") ? include.value : directory + include.value]
    for path in paths.map(SchemaPath.normalized).sorted() {
      if let start = chain.firstIndex(of: path) {
        let circle = (chain[start...] + [path]).joined(separator: " -> ")
        report(include.position, "a schema cannot include itself: \(circle); remove one of these includes")
      } else if !known.contains(path) {
        load(file: path, include, within: chain)
      }
    }
  }

  private mutating func load(file path: String, _ include: Located<String>, within chain: [String]) {
    guard paths.count < Limits.filesMax, chain.count <= Limits.includeDepthMax else {
      let limits = "\(Limits.filesMax) files, and \(Limits.includeDepthMax) that include each other"
      if isComplete { report(include.position, "a schema has at most \(limits); merge some") }
      isComplete = false
      return
    }
    do throws(SchemaFileError) {
      load(try sources.bytes(of: path), path: path, within: chain)
    } catch {
      isComplete = false
      report(include.position, "\(path) \(error.problem); correct the path or remove it from 'include'")
    }
  }

  private mutating func parse(_ bytes: [UInt8], path: String) -> YAMLNode? {
    let advice = "move a part of it to another one and 'include' that"
    if let problem = SourceText.problem(in: bytes, file: path, advice: advice) {
      diagnostics.append(problem)
      return nil
    }
    var parser = YAMLParser(bytes, file: path)
    defer { diagnostics += parser.diagnostics }
    do throws(Diagnostic) {
      if let root = try parser.parse(), !root.isEmpty { return root }
      report(.start(of: path), "the file is empty; declare frames under 'frames:'")
    } catch {
      diagnostics.append(error)
    }
    return nil
  }

  private mutating func report(_ position: Position, _ message: String) {
    diagnostics.append(Diagnostic(position, message))
  }
}
