/// Turns the text of a file into one tree of nodes.
package struct YAMLParser {
  /// Deeper than any file needs.
  package static let depthMax = 16

  private let events: YAMLEventStream
  /// What is not supported, of all that was read so far.
  package private(set) var diagnostics: [Diagnostic] = []

  /// - Parameters:
  ///   - bytes: the text.
  ///   - file: its path as the user wrote it.
  package init(_ bytes: [UInt8], file: String) {
    events = YAMLEventStream(bytes, file: file)
  }

  /// Reads the only document of the text; nil if there is none.
  ///
  /// What is not supported is in `diagnostics` afterwards.
  ///
  /// - Throws: where the text is not YAML, and why.
  package mutating func parse() throws(Diagnostic) -> YAMLNode? {
    var root: YAMLNode?
    while true {
      let event = try events.next()
      switch event.kind {
      case .streamEnd:
        return root
      case .documentStart where root != nil:
        throw Diagnostic(event.position, "a second YAML document starts here; put everything into one")
      case .streamStart, .documentStart, .documentEnd:
        continue
      default:
        root = try node(at: event, depth: 1)
      }
    }
  }

  private mutating func node(at event: YAMLEvent, depth: Int) throws(Diagnostic) -> YAMLNode {
    guard depth <= YAMLParser.depthMax else {
      throw Diagnostic(event.position, "nested deeper than \(YAMLParser.depthMax) levels; nothing here needs that")
    }
    refuseExtras(of: event)
    switch event.kind {
    case .scalar(let text, let isPlain):
      return YAMLNode(content: .scalar(text, isPlain: isPlain), position: event.position)
    case .sequenceStart:
      return YAMLNode(content: .sequence(try items(depth: depth)), position: event.position)
    case .mappingStart:
      return YAMLNode(content: .mapping(try pairs(depth: depth)), position: event.position)
    default:
      return YAMLNode(content: .refused, position: event.position)
    }
  }

  private mutating func items(depth: Int) throws(Diagnostic) -> [YAMLNode] {
    var items: [YAMLNode] = []
    while true {
      let event = try events.next()
      if case .sequenceEnd = event.kind { return items }
      items.append(try node(at: event, depth: depth + 1))
    }
  }

  private mutating func pairs(depth: Int) throws(Diagnostic) -> [YAMLPair] {
    var pairs: [YAMLPair] = []
    var lines: [String: Int] = [:]
    while true {
      let event = try events.next()
      if case .mappingEnd = event.kind { return pairs }
      let key = try node(at: event, depth: depth + 1)
      let value = try node(at: try events.next(), depth: depth + 1)
      guard case .scalar(let name, _) = key.content else {
        if key.content != .refused {
          diagnostics.append(Diagnostic(key.position, "a key must be a name, not \(key.kind)"))
        }
        continue
      }
      if let line = lines[name] {
        let message = "duplicate key '\(name)', already in line \(line); rename or remove one of them"
        diagnostics.append(Diagnostic(key.position, message))
        continue
      }
      lines[name] = key.position.line
      pairs.append(YAMLPair(key: Located(name, key.position), value: value))
    }
  }

  private mutating func refuseExtras(of event: YAMLEvent) {
    if case .alias = event.kind {
      diagnostics.append(Diagnostic(event.position, "aliases (*name) are not supported; write the value out here"))
    }
    if event.hasAnchor {
      diagnostics.append(Diagnostic(event.position, "anchors (&name) are not supported; remove it"))
    }
    if event.hasTag {
      diagnostics.append(Diagnostic(event.position, "tags (!name) are not supported; remove it"))
    }
  }
}
