import YAMLText

/// Reads declarations from a YAML tree. It checks the shape of the file; what the declarations mean is checked later.
struct SchemaReader: YAMLReading {
  var diagnostics: [Diagnostic] = []

  /// Reads the whole file.
  mutating func file(_ root: YAMLNode) -> SchemaFile {
    var file = SchemaFile()
    let known = ["enums", "structs", "frames"]
    guard let sections = mapping(root, keys: known, of: "the schema") else { return file }
    if let node = sections["enums"] { file.enums = declarations(in: node, section: "enums") { $0.enumeration($1) } }
    if let node = sections["structs"] { file.structs = declarations(in: node, section: "structs") { $0.structure($1) } }
    if let node = sections["frames"] { file.frames = declarations(in: node, section: "frames") { $0.frame($1) } }
    return file
  }

  private mutating func declarations<Declaration>(
    in node: YAMLNode, section: String, read: (inout SchemaReader, YAMLPair) -> Declaration?
  ) -> [Declaration] {
    if node.isEmpty { return [] }
    guard let pairs = pairs(of: node, called: "'\(section)'") else { return [] }
    if pairs.count > Limits.declarationsMax {
      report(node.position, "'\(section)' has \(pairs.count) entries; a schema has at most \(Limits.declarationsMax)")
    }
    return pairs.compactMap { read(&self, $0) }
  }

  /// The text of a `doc:` key.
  mutating func doc(_ node: YAMLNode?) -> String? {
    guard let text = text(node, key: "doc") else { return nil }
    guard text.value.utf8.count <= Limits.docBytesMax else {
      report(text.position, "'doc' has \(text.value.utf8.count) bytes, the limit is \(Limits.docBytesMax); shorten it")
      return nil
    }
    return text.value
  }
}
