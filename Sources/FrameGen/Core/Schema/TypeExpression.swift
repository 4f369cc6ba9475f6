import BusSchema

/// A type as it is written in a schema: `uint16[<=55]`. Whether such a type exists is a later question.
struct TypeExpression: Equatable {
  let name: String
  let shape: FieldList.ValueType.Shape

  /// The type of one value.
  init(name: String) {
    self.name = name
    shape = .single
  }

  /// Reads a type.
  ///
  /// - Throws: what is wrong with the text, in words.
  init(_ text: String) throws(TypeExpressionError) {
    guard let open = text.firstIndex(of: "[") else {
      name = text
      shape = .single
      return
    }
    name = String(text[..<open])
    let suffix = text[open...]
    guard suffix.filter({ $0 == "[" }).count == 1 else { throw .nested(text) }
    guard suffix.hasSuffix("]") else { throw .malformed(text) }
    shape = try TypeExpression.shape(in: suffix.dropFirst().dropLast(), of: text)
  }

  private static func shape(in inside: Substring, of text: String) throws(TypeExpressionError)
    -> FieldList.ValueType.Shape
  {
    if inside.isEmpty { return .unbounded }
    let isBounded = inside.hasPrefix("<=")
    let digits = isBounded ? inside.dropFirst(2) : inside
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { throw .malformed(text) }
    let count = Int(digits) ?? Int.max
    return isBounded ? .bounded(count) : .fixed(count)
  }
}

/// Why a text is not a type.
enum TypeExpressionError: Error {
  case nested(String)
  case malformed(String)

  var message: String {
    switch self {
    case .nested(let text):
      "'\(text)' has two suffixes; put the inner array into a struct and use an array of that"
    case .malformed(let text):
      "'\(text)' is not a type; write T, T[4], T[<=64] or T[]"
    }
  }
}
