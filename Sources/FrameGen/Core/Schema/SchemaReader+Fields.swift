import BusSchema
import YAMLText

extension SchemaReader {
  /// Reads the mapping of a `fields:` key; nothing there is no fields.
  mutating func fields(_ node: YAMLNode?, of what: String) -> [FieldDeclaration] {
    guard let node, !node.isEmpty, let pairs = pairs(of: node, called: "'fields'") else { return [] }
    if pairs.count > Limits.fieldsMax {
      report(
        node.position, "\(what) has \(pairs.count) fields, the limit is \(Limits.fieldsMax); group them in structs")
    }
    return pairs.map { field($0) }
  }

  private mutating func field(_ pair: YAMLPair) -> FieldDeclaration {
    switch pair.value.content {
    case .mapping:
      return described(pair)
    case .scalar where !pair.value.isEmpty:
      return FieldDeclaration(name: pair.key, type: type(pair.value))
    case .scalar, .sequence:
      report(
        pair.value.position,
        "field '\(pair.key.value)' must be a type such as uint8 or a mapping with a 'type', but it is \(pair.value.kind)"
      )
    case .refused:
      break
    }
    return FieldDeclaration(name: pair.key)
  }

  /// A field that is written as a mapping.
  private mutating func described(_ pair: YAMLPair) -> FieldDeclaration {
    let what = "field '\(pair.key.value)'"
    let keys = ["type", "doc", "unit", "scale", "min", "max", "default"]
    let entries = mapping(pair.value, keys: keys, of: what) ?? [:]
    if entries["type"] == nil {
      report(pair.key.position, "\(what) has no 'type'; add one such as type: uint8")
    }
    return FieldDeclaration(
      name: pair.key, type: type(entries["type"]), doc: doc(entries["doc"]),
      unit: text(entries["unit"], key: "unit"), scale: number(entries["scale"], key: "scale"),
      min: number(entries["min"], key: "min"), max: number(entries["max"], key: "max"),
      defaultLiteral: defaultLiteral(entries["default"]))
  }

  private mutating func type(_ node: YAMLNode?) -> Located<TypeExpression>? {
    guard let text = text(node, key: "type") else { return nil }
    do throws(TypeExpressionError) {
      return Located(try TypeExpression(text.value), text.position)
    } catch {
      report(text.position, error.message)
      return nil
    }
  }

  private mutating func defaultLiteral(_ node: YAMLNode?) -> Located<DefaultLiteral>? {
    guard let node else { return nil }
    switch node.content {
    case .scalar(let text, let isPlain) where !node.isEmpty:
      return Located(.scalar(text, isPlain: isPlain), node.position)
    case .sequence([]):
      return Located(.emptyList, node.position)
    case .scalar:
      report(node.position, "'default' is empty; fill it in or remove the key")
    case .sequence, .mapping:
      report(node.position, "'default' must be a single value or the empty array [], but it is \(node.kind)")
    case .refused:
      break
    }
    return nil
  }
}
