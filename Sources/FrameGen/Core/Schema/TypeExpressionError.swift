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
