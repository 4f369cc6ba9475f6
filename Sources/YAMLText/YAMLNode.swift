/// A value of a YAML document and where it starts.
package struct YAMLNode: Equatable {
  /// What a node can be.
  package enum Content: Equatable {
    /// `isPlain`: it is written without quotes, so it may be a number or a bool.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([YAMLPair])
    /// Something that is not supported; its diagnostic is already written.
    case refused
  }

  /// What is there.
  package let content: Content
  /// Where it starts.
  package let position: Position

  /// Whether nothing stands here, as after `fields:` at the end of a line.
  package var isEmpty: Bool { content == .scalar("", isPlain: true) }

  /// What a person would call it.
  package var kind: String {
    switch content {
    case .scalar: isEmpty ? "empty" : "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .refused: "refused"
    }
  }
}

/// One `key: value` of a mapping.
package struct YAMLPair: Equatable {
  /// The name, and where it starts.
  package let key: Located<String>
  /// What follows the colon.
  package let value: YAMLNode
}
