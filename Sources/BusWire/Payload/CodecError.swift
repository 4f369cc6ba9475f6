/// Why a payload could not be encoded or decoded. Every case names the field.
public enum CodecError: Error, Equatable, Sendable {
  /// The payload ends inside `field`.
  case truncated(field: String, needs: Int, left: Int)
  /// An array has more elements than its schema allows.
  case countOverBound(field: String, count: Int, bound: Int)
  /// A string or byte string has more bytes than its schema allows.
  case bytesOverBound(field: String, bytes: Int, bound: Int)
  /// A fixed array was given another number of elements than it has; the field is empty where it is not known.
  case wrongCount(field: String, count: Int, size: Int)
  /// A count announces more elements than the payload has bytes for.
  case countOverPayload(field: String, count: Int, left: Int)
  /// A string is not UTF-8.
  case invalidUTF8(field: String)
  /// A bool is neither 0 nor 1.
  case invalidBool(field: String, value: UInt8)
  /// A value is outside of the `min` and `max` of its schema, in the field's unit; only encoding checks this.
  case outOfRange(field: String, value: String, range: String)
}

extension CodecError {
  /// What is wrong with which field, without the values: errors of one cause have it in common.
  public var causeID: String {
    switch self {
    case .truncated(let field, _, _): "truncated \(field)"
    case .countOverBound(let field, _, _): "countOverBound \(field)"
    case .bytesOverBound(let field, _, _): "bytesOverBound \(field)"
    case .wrongCount(let field, _, _): "wrongCount \(field)"
    case .countOverPayload(let field, _, _): "countOverPayload \(field)"
    case .invalidUTF8(let field): "invalidUTF8 \(field)"
    case .invalidBool(let field, _): "invalidBool \(field)"
    case .outOfRange(let field, _, _): "outOfRange \(field)"
    }
  }
}

extension CodecError: CustomStringConvertible {
  /// What is wrong with which field, for a person.
  public var description: String {
    switch self {
    case .truncated(let field, let needs, let left):
      "field '\(field)' needs \(needs) bytes, the payload has \(left) left"
    case .countOverBound(let field, let count, let bound):
      "field '\(field)' has \(count) elements, its schema allows \(bound)"
    case .bytesOverBound(let field, let bytes, let bound):
      "field '\(field)' has \(bytes) bytes, its schema allows \(bound)"
    case .wrongCount(let field, let count, let size):
      "\(field.isEmpty ? "a fixed array" : "field '\(field)'") of \(size) elements was given \(count)"
    case .countOverPayload(let field, let count, let left):
      "field '\(field)' announces \(count) elements, the payload has \(left) bytes left"
    case .invalidUTF8(let field):
      "field '\(field)' is not valid UTF-8"
    case .invalidBool(let field, let value):
      "field '\(field)' is a bool and holds \(value) instead of 0 or 1"
    case .outOfRange(let field, let value, let range):
      "field '\(field)' is \(value), its schema allows \(range)"
    }
  }
}
