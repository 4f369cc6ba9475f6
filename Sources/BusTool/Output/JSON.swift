import BusWire

/// A JSON value that is about to be written.
indirect enum JSON: Equatable {
  case null
  case bool(Bool)
  /// The digits as they are written, exact for every integer.
  case number(String)
  case text(String)
  case array([JSON])
  /// Members in order.
  case object([Member])

  struct Member: Equatable {
    let name: String
    let value: JSON

    init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  static func integer(_ value: some BinaryInteger) -> JSON { .number("\(value)") }

  /// The value on one line.
  var line: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let digits): digits
    case .text(let text): Printable.quoted(text)
    case .array(let elements): "[" + elements.map(\.line).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Printable.quoted($0.name) + ":" + $0.value.line }.joined(separator: ",") + "}"
    }
  }
}
