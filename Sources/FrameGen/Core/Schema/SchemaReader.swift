import BusSchema
import YAMLText

/// Reads one file of a schema from a YAML tree. It checks the shape; what the declarations mean is checked later.
struct SchemaReader: YAMLReading {
  var diagnostics: [Diagnostic] = []

  /// Reads the whole file.
  ///
  /// - Parameter path: the file's path as the user wrote it.
  mutating func file(_ root: YAMLNode, path: String) -> SchemaFile {
    var file = SchemaFile(path: path)
    let known = ["ids", "include", "enums", "structs", "frames"]
    guard let sections = mapping(root, keys: known, of: "the schema") else { return file }
    file.ids = sections["ids"].map { ids($0) }
    file.includes = texts(sections["include"], key: "include")
    file.declarations.enums = declarations(in: sections["enums"], section: "enums") { $0.enumeration($1) }
    file.declarations.structs = declarations(in: sections["structs"], section: "structs") { $0.structure($1) }
    file.declarations.frames = declarations(in: sections["frames"], section: "frames") { $0.frame($1) }
    if file.declarations.isEmpty, file.includes.isEmpty, !diagnostics.contains(where: { $0.position.file == path }) {
      let position = sections["frames"]?.position ?? root.position
      report(position, "the file declares nothing; declare frames under 'frames:'")
    }
    return file
  }

  private mutating func declarations<Declaration>(
    in node: YAMLNode?, section: String, read: (inout SchemaReader, YAMLPair) -> Declaration?
  ) -> [Declaration] {
    guard let node, !node.isEmpty else { return [] }
    return (pairs(of: node, called: "'\(section)'") ?? []).compactMap { read(&self, $0) }
  }

  /// The ranges of an `ids:` key, such as `128-143` or `[128-143, 0x200-0x20F, 1000]`.
  private mutating func ids(_ node: YAMLNode) -> [Located<ClosedRange<Int128>>] {
    texts(node, key: "ids").compactMap { text in
      let bounds = text.value.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        .map { Number($0.trimmed) }
      guard case .integer(let first)? = bounds.first, case .integer(let last)? = bounds.last, first <= last else {
        report(text.position, "'ids' must be a range such as 128-143, or a list of them, not '\(text.value)'")
        return nil
      }
      return Located(first...last, text.position)
    }
  }

  /// One text, or a list of texts.
  mutating func texts(_ node: YAMLNode?, key: String) -> [Located<String>] {
    guard let node else { return [] }
    guard case .sequence(let items) = node.content else { return [text(node, key: key)].compactMap(\.self) }
    return items.compactMap { text($0, key: key) }
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

extension Substring {
  fileprivate var trimmed: Substring {
    let start = drop { $0 == " " }
    return start[..<(start.lastIndex { $0 != " " }.map(start.index(after:)) ?? start.startIndex)]
  }
}
