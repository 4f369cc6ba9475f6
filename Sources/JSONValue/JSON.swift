import BusSchema

/// A JSON value, read or about to be written.
package enum JSON: Equatable, Sendable {
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
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += "\(value)"
    case .number(let digits): text += digits
    case .text(let value): text += JSONText.quoted(value)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        element.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        text += JSONText.quoted(member.name) + ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }
}

extension JSON {
  /// A member of an object; nil if it has none of the name, and for every other value.
  package subscript(name: String) -> JSON? { members?.first { $0.name == name }?.value }

  package var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  package var elements: [JSON]? { if case .array(let elements) = self { elements } else { nil } }

  package var string: String? { if case .text(let text) = self { text } else { nil } }

  package var boolean: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The number as near as a double comes to it; nil if it is beyond all doubles.
  package var double: Double? {
    guard case .number(let digits) = self, let value = Double(digits), value.isFinite else { return nil }
    return value
  }

  /// A number that is written without a point and an exponent, and fits.
  package var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }
}
