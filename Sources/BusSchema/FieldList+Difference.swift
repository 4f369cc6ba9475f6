extension FieldList {
  /// The parts of the lines that decide whether two lists agree.
  package static func hashedLines(_ list: some StringProtocol) -> [Substring] {
    Substring(list).split(separator: "\n", omittingEmptySubsequences: true).map { line in
      line.prefix { $0 != "\t" }
    }
  }

  /// FNV-1a with 64 bits over the hashed part of every line, each ended by a line feed.
  package static func fingerprint(_ list: some StringProtocol) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for line in hashedLines(list) {
      for byte in line.utf8 { hash = mix(hash, byte) }
      hash = mix(hash, UInt8(ascii: "\n"))
    }
    return hash
  }

  private static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  /// What keeps two field lists of one type from fitting together, in words; nil if they are compatible.
  ///
  /// They are compatible if they are equal, or if one is the beginning of the other and the rest has defaults.
  ///
  /// - Parameters:
  ///   - here: the list of the module that reads the words.
  ///   - there: the list of the other module.
  ///   - thereName: what the words call the other module.
  package static func difference(
    _ here: some StringProtocol, _ there: some StringProtocol, thereName: String
  ) -> String? {
    let here = hashedLines(here).map(FieldLine.init)
    let there = hashedLines(there).map(FieldLine.init)
    for (index, (mine, other)) in zip(here, there).enumerated() where mine.line != other.line {
      return difference(mine, other, position: index + 1, thereName)
    }
    if let further = there.dropFirst(here.count).first(where: { $0.defaultValue == nil }) {
      return "\(further.name) is missing here and has no default in \(thereName)"
    }
    if let further = here.dropFirst(there.count).first(where: { $0.defaultValue == nil }) {
      return "\(further.name) is missing in \(thereName) and has no default here"
    }
    return nil
  }

  private static func difference(
    _ here: FieldLine, _ there: FieldLine, position: Int, _ thereName: String
  ) -> String {
    if here.name != there.name {
      return "field \(position) is \(here.name) here and \(there.name) in \(thereName)"
    }
    if here.type != there.type {
      return "\(here.name) is \(here.type) here and \(there.type) in \(thereName)"
    }
    if here.unit != there.unit {
      return "\(here.name) is in \(here.unit) here and in \(there.unit) in \(thereName)"
    }
    if here.scale != there.scale {
      return "\(here.name) has the scale \(here.scale) here and \(there.scale) in \(thereName)"
    }
    return
      "\(here.name) has \(here.defaultText) here and \(there.defaultText) in \(thereName)"
  }
}

/// The parts of a line that decide, apart, so that a difference can be put into words.
private struct FieldLine {
  let line: Substring
  let name: String
  let type: String
  let unit: String
  let scale: String
  let defaultValue: String?

  init(_ line: Substring) {
    self.line = line
    var rest = line
    name = Self.word(&rest)
    type = Self.word(&rest)
    unit = Self.word(&rest)
    scale = Self.word(&rest)
    defaultValue = rest.hasPrefix("= ") ? Self.clipped(rest.dropFirst(2)) : nil
  }

  var defaultText: String { defaultValue.map { "the default \($0)" } ?? "no default" }

  /// Removes and returns the text up to the next space that is not within braces.
  private static func word(_ rest: inout Substring) -> String {
    var depth = 0
    let end =
      rest.firstIndex { character in
        if character == "{" { depth += 1 }
        if character == "}" { depth -= 1 }
        return character == " " && depth <= 0
      } ?? rest.endIndex
    defer { rest = rest[end...].drop { $0 == " " } }
    return clipped(rest[..<end])
  }

  /// Whatever a client has declared, the words about it stay within the bounds of a bus frame.
  private static func clipped(_ text: Substring) -> String {
    let bytesMax = 120
    guard text.utf8.count > bytesMax else { return String(text) }
    return String(decoding: text.utf8.prefix(bytesMax), as: UTF8.self) + "…"
  }
}
