extension CodecError {
  /// The same error, in a part of a field or structure: paths grow from the inside, such as `shares[2].ratio`.
  package func inside(_ part: String) -> CodecError {
    switch self {
    case .truncated(let field, let needs, let left):
      .truncated(field: Self.path(part, field), needs: needs, left: left)
    case .countOverBound(let field, let count, let bound):
      .countOverBound(field: Self.path(part, field), count: count, bound: bound)
    case .bytesOverBound(let field, let bytes, let bound):
      .bytesOverBound(field: Self.path(part, field), bytes: bytes, bound: bound)
    case .wrongCount(let field, let count, let size):
      .wrongCount(field: Self.path(part, field), count: count, size: size)
    case .countOverPayload(let field, let count, let left):
      .countOverPayload(field: Self.path(part, field), count: count, left: left)
    case .invalidUTF8(let field):
      .invalidUTF8(field: Self.path(part, field))
    case .invalidBool(let field, let value):
      .invalidBool(field: Self.path(part, field), value: value)
    case .outOfRange(let field, let value, let range):
      .outOfRange(field: Self.path(part, field), value: value, range: range)
    }
  }

  private static func path(_ part: String, _ rest: String) -> String {
    rest.isEmpty || rest.hasPrefix("[") ? part + rest : "\(part).\(rest)"
  }
}
