extension FieldList {
  /// Why a text is not a field list.
  package struct ParseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line of the list, counted from 1.
    package let line: Int
    /// What is wrong, in words.
    package let reason: String

    /// The line and the reason.
    package var description: String { "line \(line) of the field list: \(reason)" }
  }

  /// Reads a field list.
  ///
  /// It accepts lists from anyone: whatever they hold, the result is fields or an error. An annotation after a tab that
  /// means nothing to this version is left out, because nothing depends on it.
  ///
  /// - Throws: `ParseError` if the list is malformed or over a limit.
  package static func parse(_ list: some StringProtocol) throws(ParseError) -> [Field] {
    guard list.utf8.count <= bytesMax else {
      throw ParseError(line: 1, reason: "it has \(list.utf8.count) bytes, the limit is \(bytesMax)")
    }
    var fields: [Field] = []
    var names: Set<String> = []
    for (index, line) in Substring(list).split(separator: "\n", omittingEmptySubsequences: true).enumerated() {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      var parser = FieldListParser(parts[0], line: index + 1)
      var field = try parser.wholeLine()
      for annotation in parts.dropFirst() { field.annotate(with: annotation) }
      guard names.insert(field.name).inserted else {
        throw ParseError(line: index + 1, reason: "there are two fields named '\(field.name)'")
      }
      fields.append(field)
    }
    return fields
  }
}

/// Reads the part of one line of a field list that decides: `name type unit scale[ = default]`.
private struct FieldListParser {
  private var rest: Substring
  private let lineNumber: Int

  init(_ text: Substring, line: Int) {
    rest = text
    lineNumber = line
  }

  mutating func wholeLine() throws(FieldList.ParseError) -> FieldList.Field {
    let field = try self.field(depth: 0)
    guard !rest.isEmpty else { return field }
    guard skip(" = ") else { throw failure("'\(rest)' follows the scale; only ' = default' may") }
    return FieldList.Field(
      name: field.name, type: field.type, unit: field.unit, scale: field.scale,
      defaultValue: try defaultValue(of: field.type))
  }

  private mutating func field(depth: Int) throws(FieldList.ParseError) -> FieldList.Field {
    let name = String(take { $0 != " " })
    guard Self.isName(name) else { throw failure("'\(name)' is no name of a field") }
    try expect(" ")
    let type = try self.type(depth: depth)
    try expect(" ")
    let unit = String(take { $0 != " " })
    guard !unit.isEmpty else { throw failure("field '\(name)' has no unit; write '-' for none") }
    try expect(" ")
    let text = take { !" ;}".contains($0) }
    guard let scale = Double(text), scale.isFinite, scale > 0 else {
      throw failure("field '\(name)' has the scale '\(text)', which is no number above 0")
    }
    return FieldList.Field(name: name, type: type, unit: unit == "-" ? nil : unit, scale: scale)
  }

  private static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= FieldList.nameBytesMax
      && name.unicodeScalars.allSatisfy {
        ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
      }
  }

  private mutating func type(depth: Int) throws(FieldList.ParseError) -> FieldList.ValueType {
    if rest.first == "{" {
      let fields = try structure(depth: depth + 1)
      return try shaped(.structure(fields), suffix: try suffix())
    }
    let name = take { !" [".contains($0) }
    let suffix = try suffix()
    switch (name, suffix) {
    case ("string", .single): return FieldList.ValueType(.string(bound: nil))
    case ("string", .bounded(let bound)): return FieldList.ValueType(.string(bound: bound))
    case ("string", _): return try shaped(.string(bound: nil), suffix: suffix)
    case ("bytes", .single): return FieldList.ValueType(.bytes(bound: nil))
    case ("bytes", .bounded(let bound)): return FieldList.ValueType(.bytes(bound: bound))
    case ("bool", _): return try shaped(.bool, suffix: suffix)
    default:
      guard let number = NumberType(rawValue: String(name)) else {
        throw failure("there is no type '\(name)' of this shape")
      }
      return try shaped(.number(number), suffix: suffix)
    }
  }

  private func shaped(
    _ element: FieldList.ValueType.Element, suffix: FieldList.ValueType.Shape
  ) throws(FieldList.ParseError) -> FieldList.ValueType {
    if case .fixed(let count) = suffix, !(1...FieldList.fixedCountMax).contains(count) {
      throw failure("a fixed array of \(count) elements; 1 to \(FieldList.fixedCountMax) are possible")
    }
    return FieldList.ValueType(element, suffix)
  }

  private mutating func structure(depth: Int) throws(FieldList.ParseError) -> [FieldList.Field] {
    guard depth <= FieldList.depthMax else { throw failure("structs lie deeper than \(FieldList.depthMax)") }
    var fields: [FieldList.Field] = []
    var names: Set<String> = []
    try expect("{")
    repeat {
      let field = try self.field(depth: depth)
      guard names.insert(field.name).inserted else { throw failure("there are two fields named '\(field.name)'") }
      fields.append(field)
    } while skip("; ")
    try expect("}")
    return fields
  }

  /// `[4]`, `[<=64]`, `[]`, or nothing.
  private mutating func suffix() throws(FieldList.ParseError) -> FieldList.ValueType.Shape {
    guard skip("[") else { return .single }
    if skip("]") { return .unbounded }
    let isBound = skip("<=")
    let digits = take { ("0"..."9").contains($0) }
    guard let count = UInt32(digits) else { throw failure("'\(digits)' is no count of elements") }
    try expect("]")
    return isBound ? .bounded(Int(count)) : .fixed(Int(count))
  }

  private func defaultValue(of type: FieldList.ValueType) throws(FieldList.ParseError) -> FieldList.DefaultValue {
    let value: FieldList.DefaultValue? =
      switch (type.shape, type.element) {
      case (.bounded, _), (.unbounded, _), (.single, .bytes): rest == "[]" ? .empty : nil
      case (.single, .bool): rest == "true" ? .bool(true) : rest == "false" ? .bool(false) : nil
      case (.single, .number(let type)): Number(rest).flatMap { type.value($0) }.map { .number($0) }
      case (.single, .string): JSONText.unquoted(rest).map { .text($0) }
      case (.single, .structure), (.fixed, _): nil
      }
    guard let value else { throw failure("'\(rest)' is no default for the type \(type)") }
    return value
  }

  private mutating func take(while condition: (Character) -> Bool) -> Substring {
    let prefix = rest.prefix(while: condition)
    rest = rest[prefix.endIndex...]
    return prefix
  }

  private mutating func skip(_ text: String) -> Bool {
    guard rest.hasPrefix(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }

  private mutating func expect(_ text: String) throws(FieldList.ParseError) {
    guard skip(text) else {
      throw failure("'\(text)' is missing before '\(rest.prefix(20))'")
    }
  }

  private func failure(_ reason: String) -> FieldList.ParseError {
    FieldList.ParseError(line: lineNumber, reason: reason)
  }
}
