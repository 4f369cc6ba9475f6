/// A value of a YAML document and where it starts.
struct YAMLNode: Equatable {
  enum Content: Equatable {
    /// `isPlain` tells that it stands without quotes, so it may be a number or a bool.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([YAMLPair])
    /// Something that schemas may not use; its diagnostic is already written.
    case refused
  }

  let content: Content
  let position: Position

  /// Whether nothing stands here, as after `fields:` at the end of a line.
  var isEmpty: Bool { content == .scalar("", isPlain: true) }

  /// What a person would call it.
  var kind: String {
    switch content {
    case .scalar: isEmpty ? "empty" : "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .refused: "refused"
    }
  }
}

/// One `key: value` of a mapping.
struct YAMLPair: Equatable {
  let key: Located<String>
  let value: YAMLNode
}
