import BusSchema

/// Reads the single values that a file is made of, and collects what is wrong with them. Each method returns nil after it
/// has reported why.
package protocol YAMLReading {
  /// What is wrong with all that was read so far.
  var diagnostics: [Diagnostic] { get set }
}

extension YAMLReading {
  /// Records what is wrong.
  package mutating func report(_ position: Position, _ message: String) {
    diagnostics.append(Diagnostic(position, message))
  }

  /// The entries of a mapping.
  package mutating func pairs(of node: YAMLNode, called what: String) -> [YAMLPair]? {
    switch node.content {
    case .mapping(let pairs):
      return pairs
    case .refused:
      return nil
    case .scalar, .sequence:
      report(node.position, "\(what) must be a mapping with lines of 'name: value', but it is \(node.kind)")
      return nil
    }
  }

  /// The entries of a mapping by their names; others than `keys` are reported and left out.
  package mutating func mapping(_ node: YAMLNode, keys: [String], of what: String) -> [String: YAMLNode]? {
    guard let pairs = pairs(of: node, called: what) else { return nil }
    var values: [String: YAMLNode] = [:]
    for pair in pairs {
      if keys.contains(pair.key.value) {
        values[pair.key.value] = pair.value
      } else {
        let advice = Nearest.advice(for: pair.key.value, among: keys)
        report(
          pair.key.position,
          "unknown key '\(pair.key.value)' in \(what); \(advice)known keys: \(keys.joined(separator: ", "))")
      }
    }
    return values
  }

  /// A text that is not empty.
  package mutating func text(_ node: YAMLNode?, key: String) -> Located<String>? {
    guard let node, node.content != .refused else { return nil }
    guard case .scalar(let text, _) = node.content else {
      report(node.position, "'\(key)' must be a text, but it is \(node.kind)")
      return nil
    }
    guard !text.isEmpty else {
      report(node.position, "'\(key)' is empty; fill it in or remove the key")
      return nil
    }
    return Located(text, node.position)
  }

  /// A number without quotes.
  package mutating func number(_ node: YAMLNode?, key: String) -> Located<Number>? {
    guard let node, node.content != .refused else { return nil }
    guard case .scalar(let text, isPlain: true) = node.content, let number = Number(text) else {
      report(node.position, "'\(key)' must be a finite number such as 7, -1.5 or 0x1F\(found(node))")
      return nil
    }
    return Located(number, node.position)
  }

  /// A whole number without quotes.
  package mutating func integer(_ node: YAMLNode?, key: String) -> Located<Int128>? {
    guard let node, node.content != .refused else { return nil }
    guard case .scalar(let text, isPlain: true) = node.content, case .integer(let number)? = Number(text) else {
      report(node.position, "'\(key)' must be a whole number such as 42 or 0x2A\(found(node))")
      return nil
    }
    return Located(number, node.position)
  }

  /// `true` or `false`.
  package mutating func bool(_ node: YAMLNode?, key: String) -> Bool? {
    guard let node, node.content != .refused else { return nil }
    switch node.content {
    case .scalar("true", isPlain: true): return true
    case .scalar("false", isPlain: true): return false
    default:
      report(node.position, "'\(key)' must be true or false\(found(node))")
      return nil
    }
  }

  /// The end of a message about a value of the wrong kind: what is there instead.
  package func found(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let text, isPlain: true) where !text.isEmpty: ", not '\(text)'"
    case .scalar(let text, isPlain: false): ", not the text \"\(text)\""
    default: ", but it is \(node.kind)"
    }
  }
}
