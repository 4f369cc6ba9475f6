import BusWire

/// Reads values as a person writes them on a command line: `21.5`, `CLAW`, `[1,2]`, `{pump:1,ratio:0.5}`, `0xAABB`.
///
/// JSON is understood too. Numbers are physical, in the unit of the field.
struct ValueParser {
  private var rest: Substring

  private init(_ text: Substring) { rest = text }

  /// - Throws: `ValueError` that names the field and what it takes.
  static func value(_ text: some StringProtocol, of field: FieldList.Field) throws(ValueError) -> DynamicValue {
    var parser = ValueParser(Substring(text))
    // A text by itself needs no quotes, whatever is in it.
    if case .string = field.type.element, field.type.shape == .single, parser.rest.first != "\"" {
      return .text(String(parser.rest))
    }
    let value = try parser.value(field, path: field.name)
    guard parser.isAtEnd else { throw ValueError("field '\(field.name)': '\(parser.rest)' follows its value") }
    return value
  }

  private var isAtEnd: Bool {
    mutating get {
      skipSpaces()
      return rest.isEmpty
    }
  }

  private mutating func value(_ field: FieldList.Field, path: String) throws(ValueError) -> DynamicValue {
    guard field.type.shape != .single else { return try element(field, path: path) }
    guard skip("[") else {
      throw ValueError("field '\(path)' is an array (\(field.type)); write it as [A,B,…]")
    }
    var elements: [DynamicValue] = []
    if skip("]") { return .array([]) }
    repeat {
      elements.append(try element(field, path: "\(path)[\(elements.count)]"))
    } while skip(",")
    guard skip("]") else { throw ValueError("field '\(path)': ',' or ']' is missing before '\(rest)'") }
    return .array(elements)
  }

  private mutating func element(_ field: FieldList.Field, path: String) throws(ValueError) -> DynamicValue {
    switch field.type.element {
    case .structure(let fields): return try structure(fields, path: path)
    case .string: return .text(try text(path: path))
    case .bool:
      let word = try text(path: path)
      switch word.lowercased() {
      case "true", "on", "yes", "1": return .bool(true)
      case "false", "off", "no", "0": return .bool(false)
      default: throw ValueError("field '\(path)' takes true or false, not '\(word)'")
      }
    case .bytes:
      let word = try text(path: path)
      guard let bytes = Hex.bytes(of: word) else {
        throw ValueError("field '\(path)' takes bytes such as 0x0AFF, not '\(word)'")
      }
      return .bytes(bytes)
    case .number(let type):
      let word = try text(path: path)
      return try number(word[...], type, field, path: path)
    }
  }

  private func number(
    _ word: Substring, _ type: NumberType, _ field: FieldList.Field, path: String
  ) throws(ValueError) -> DynamicValue {
    if let value = field.enumeration?.values.first(where: { $0.name.lowercased() == word.lowercased() }) {
      return .integer(value.number)
    }
    if let value = PhysicalNumber.stored(word, as: type, scale: field.scale) { return value }
    if let enumeration = field.enumeration {
      let names = enumeration.values.map(\.name)
      let advice =
        Nearest.match(for: String(word), among: names).map { "; did you mean '\(Printable.text($0))'?" } ?? ""
      throw ValueError(
        "field '\(path)' takes one of \(Printable.text(names.joined(separator: ", "))), or a number, not '\(word)'"
          + advice)
    }
    let kind = type.integers == nil || field.scale != 1 ? "a number" : "a whole number"
    let range = NumberRange(field).map { ", \($0.text)" } ?? ""
    throw ValueError("field '\(path)' takes \(kind) (\(type.rawValue)\(range)), not '\(word)'")
  }

  private mutating func structure(_ fields: [FieldList.Field], path: String) throws(ValueError) -> DynamicValue {
    let names = fields.map(\.name).joined(separator: ", ")
    guard skip("{") else {
      throw ValueError("field '\(path)' is a structure of \(names); write it as {NAME:VALUE,…}")
    }
    var values: [String: DynamicValue] = [:]
    repeat {
      let name = try text(path: path)
      guard let field = fields.first(where: { $0.name == name }) else {
        throw ValueError("field '\(path)' has no '\(name)' in it; it has \(names)")
      }
      guard skip(":") || skip("=") else { throw ValueError("field '\(path)': ':' is missing after '\(name)'") }
      let value = try self.value(field, path: "\(path).\(name)")
      guard values.updateValue(value, forKey: name) == nil else {
        throw ValueError("field '\(path).\(name)' is given twice")
      }
    } while skip(",")
    guard skip("}") else { throw ValueError("field '\(path)': ',' or '}' is missing before '\(rest)'") }
    var ordered: [DynamicValue] = []
    for field in fields {
      guard let value = values[field.name] else {
        throw ValueError("field '\(path)' lacks '\(field.name)'; it has \(names)")
      }
      ordered.append(value)
    }
    return .structure(ordered)
  }

  /// A text in quotes, or a word up to what ends it.
  private mutating func text(path: String) throws(ValueError) -> String {
    skipSpaces()
    guard rest.first == "\"" else {
      let word = rest.prefix { !",]}:{[= ".contains($0) }
      rest = rest[word.endIndex...]
      return String(word)
    }
    var end = rest.index(after: rest.startIndex)
    while end < rest.endIndex, rest[end] != "\"" {
      if rest[end] == "\\", rest.index(after: end) < rest.endIndex { rest.formIndex(after: &end) }
      rest.formIndex(after: &end)
    }
    guard end < rest.endIndex, let text = JSONText.unquoted(rest[...end]) else {
      throw ValueError("field '\(path)': \(rest) is no text in quotes")
    }
    rest = rest[rest.index(after: end)...]
    return text
  }

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == " " }
  }

  private mutating func skip(_ character: Character) -> Bool {
    skipSpaces()
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }
}

/// Why a text is not a value of a field.
struct ValueError: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
