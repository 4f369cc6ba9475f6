extension FieldList {
  /// Why a text is not a field list.
  public struct ParseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line of the list, counted from 1.
    public let line: Int
    public let reason: String

    public var description: String { "line \(line) of the field list: \(reason)" }
  }

  /// Bytes of a field list at most.
  public static let bytesMax = 65_536
  /// How deep structs may lie in each other.
  public static let depthMax = 8
  /// Elements of a fixed array at most.
  public static let fixedCountMax = 65_536

  /// The fields that a list tells of.
  ///
  /// It takes lists from anyone: whatever they hold, the answer is fields or an error. A remark after a tab that
  /// means nothing to this version is left out, for nothing depends on it.
  ///
  /// - Throws: `ParseError` if the list is malformed or over a limit.
  public static func parse(_ list: some StringProtocol) throws(ParseError) -> [Field] {
    guard list.utf8.count <= bytesMax else {
      throw ParseError(line: 1, reason: "it has \(list.utf8.count) bytes, the limit is \(bytesMax)")
    }
    var fields: [Field] = []
    var names: Set<String> = []
    for (index, line) in Substring(list).split(separator: "\n", omittingEmptySubsequences: true).enumerated() {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      var parser = FieldListParser(parts[0], line: index + 1)
      var field = try parser.wholeLine()
      for remark in parts.dropFirst() { field.annotate(with: remark) }
      guard names.insert(field.name).inserted else {
        throw ParseError(line: index + 1, reason: "there are two fields named '\(field.name)'")
      }
      fields.append(field)
    }
    return fields
  }
}
