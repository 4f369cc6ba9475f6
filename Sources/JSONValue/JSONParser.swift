import BusSchema

/// Reads one JSON value, strictly by RFC 8259, and keeps the digits of its numbers and the order of its members.
///
/// What a script writes needs columns in its errors, every digit of a uint64, and names that are given twice refused.
package struct JSONParser {
  /// Why a text is no JSON, and where.
  package struct ParseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    package let column: Int
    package let reason: String

    package var description: String { "column \(column): \(reason)" }
  }

  private let bytes: [UInt8]
  private let depthMax: Int
  private var position = 0

  private init(_ text: String, depthMax: Int) {
    bytes = Array(text.utf8)
    self.depthMax = depthMax
  }

  /// Parses a text that is one value.
  ///
  /// - Parameters:
  ///   - text: of any size; the time goes with it.
  ///   - depthMax: how deep arrays and objects may lie in each other, at most 256: each level is a call of its own.
  /// - Throws: `ParseError` if it is none, if a name is given twice, or if it lies deeper.
  package static func parse(_ text: String, depthMax: Int = 32) throws(ParseError) -> JSON {
    precondition(depthMax <= 256, "values that lie so deep could exhaust the stack")
    var parser = JSONParser(text, depthMax: depthMax)
    let value = try parser.value(depth: 0)
    parser.skipSpaces()
    guard parser.next == nil else { throw parser.error("nothing may follow the value") }
    return value
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func error(_ reason: String, at place: Int? = nil) -> ParseError {
    ParseError(column: String(decoding: bytes[..<(place ?? position)], as: UTF8.self).count + 1, reason: reason)
  }

  private mutating func skipSpaces() {
    while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B && byte != 0x0C {
      position += 1
    }
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard next == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(ParseError) -> JSON {
    skipSpaces()
    guard let byte = next else { throw error("a value is missing") }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default:
      for (word, value) in [("true", JSON.bool(true)), ("false", .bool(false)), ("null", .null)]
      where bytes[position...].starts(with: word.utf8) {
        position += word.utf8.count
        return value
      }
      throw error("a value must be an object, an array, a text in \"\", a number, true, false or null")
    }
  }

  private func checkDepth(_ depth: Int) throws(ParseError) {
    if depth > depthMax { throw error("values lie more than \(depthMax) deep in each other") }
  }

  private mutating func array(depth: Int) throws(ParseError) -> JSON {
    try checkDepth(depth)
    position += 1
    var elements: [JSON] = []
    if skip("]") { return .array(elements) }
    repeat { elements.append(try value(depth: depth)) } while skip(",")
    guard skip("]") else { throw error("',' or ']' is missing") }
    return .array(elements)
  }

  private mutating func object(depth: Int) throws(ParseError) -> JSON {
    try checkDepth(depth)
    position += 1
    var members: [JSON.Member] = []
    var names: Set<String> = []
    if skip("}") { return .object(members) }
    repeat {
      skipSpaces()
      let start = position
      guard next == UInt8(ascii: "\"") else { throw error("a name in \"\" is missing") }
      let name = try text()
      guard names.insert(name).inserted else { throw error("'\(Self.short(name))' is given twice", at: start) }
      guard skip(":") else { throw error("':' is missing") }
      members.append(JSON.Member(name, try value(depth: depth)))
    } while skip(",")
    guard skip("}") else { throw error("',' or '}' is missing") }
    return .object(members)
  }

  /// A name as an error shows it: the text may be of any size.
  private static func short(_ name: String) -> String { name.count > 40 ? "\(name.prefix(40))…" : name }

  private mutating func text() throws(ParseError) -> String {
    let start = position
    position += 1
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error("a control character must be written as \\u00XX") }
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else { throw error("the text that begins here has no end", at: start) }
    position += 1
    guard let text = JSONText.unquoted(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      throw error("the text that begins here has a \\ that means nothing", at: start)
    }
    return text
  }

  /// The digits as they are: a uint64 has more than a double holds.
  private mutating func number() throws(ParseError) -> String {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let isZero = next == UInt8(ascii: "0")
    guard let count = digits(), !isZero || count == 1 else { throw error("this is no number", at: start) }
    if next == UInt8(ascii: ".") {
      position += 1
      guard digits() != nil else { throw error("digits must follow the point") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard digits() != nil else { throw error("digits must follow the exponent") }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Skips digits; nil if there is none.
  private mutating func digits() -> Int? {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position > start ? position - start : nil
  }
}
