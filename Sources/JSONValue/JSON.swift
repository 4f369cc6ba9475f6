import BusSchema

/// A JSON value, read or about to be written.
package indirect enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// The digits as they are written, exact for every integer.
  case number(String)
  case text(String)
  case array([JSON])
  /// Members in order.
  case object([Member])

  package struct Member: Equatable, Sendable {
    package let name: String
    package let value: JSON

    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  package static func integer(_ value: some BinaryInteger) -> JSON { .number("\(value)") }

  /// The value on one line.
  package var line: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let digits): digits
    case .text(let text): JSONText.quoted(text)
    case .array(let elements): "[" + elements.map(\.line).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { JSONText.quoted($0.name) + ":" + $0.value.line }.joined(separator: ",") + "}"
    }
  }
}
