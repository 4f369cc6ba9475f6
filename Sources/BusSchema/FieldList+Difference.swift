extension FieldList {
  /// FNV-1a with 64 bits over the hashed part of every line, each ended by a line feed.
  package static func fingerprint(_ list: some StringProtocol) -> UInt64 {
    var list = String(list)
    return list.withUTF8 { bytes in
      var hash: UInt64 = 0xCBF2_9CE4_8422_2325
      var reader = LineReader(bytes)
      while let line = reader.next() {
        for index in line { hash = mix(hash, bytes[index]) }
        hash = mix(hash, UInt8(ascii: "\n"))
      }
      return hash
    }
  }

  private static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  /// What keeps two field lists of one type from fitting together, for words about it.
  package struct Difference: Equatable, Sendable {
    private let before: String
    private let behind: String

    fileprivate init(_ before: String, _ behind: String = "") {
      self.before = before
      self.behind = behind
    }

    /// The words.
    ///
    /// - Parameter thereName: what they call the other module.
    package func text(thereName: String) -> String { before + thereName + behind }
  }

  /// What keeps two field lists of one type from fitting together; nil if they are compatible.
  ///
  /// They are compatible if they are equal, or if one is the beginning of the other and the rest has defaults. It takes one
  /// look at each byte.
  ///
  /// - Parameters:
  ///   - here: the list of the module that reads the words.
  ///   - there: the list of the other module.
  package static func difference(_ here: String, _ there: String) -> Difference? {
    var (here, there) = (here, there)
    return here.withUTF8 { here in there.withUTF8 { there in difference(here, there) } }
  }

  /// The same in words.
  ///
  /// - Parameter thereName: what the words call the other module.
  package static func difference(_ here: String, _ there: String, thereName: String) -> String? {
    difference(here, there)?.text(thereName: thereName)
  }

  private static func difference(
    _ here: UnsafeBufferPointer<UInt8>, _ there: UnsafeBufferPointer<UInt8>
  ) -> Difference? {
    var mine = LineReader(here)
    var others = LineReader(there)
    var position = 0
    while true {
      position += 1
      switch (mine.next(), others.next()) {
      case (nil, nil): return nil
      case (let line?, let other?):
        if here[line].elementsEqual(there[other]) { continue }
        return difference(FieldLine(here, line), FieldLine(there, other), position: position)
      case (nil, let further?):
        let line = FieldLine(there, further)
        if line.defaultValue == nil { return Difference("\(line.name.clipped) is missing here and has no default in ") }
      case (let further?, nil):
        let line = FieldLine(here, further)
        if line.defaultValue == nil {
          return Difference("\(line.name.clipped) is missing in ", " and has no default here")
        }
      }
    }
  }

  private static func difference(_ here: FieldLine, _ there: FieldLine, position: Int) -> Difference {
    let name = here.name.clipped
    if here.name != there.name {
      let (mine, other) = here.name.shown(beside: there.name)
      return Difference("field \(position) is \(mine) here and \(other) in ")
    }
    if here.type != there.type {
      let (mine, other) = here.type.shown(beside: there.type)
      return Difference("\(name) is \(mine) here and \(other) in ")
    }
    if here.unit != there.unit {
      let (mine, other) = here.unit.shown(beside: there.unit)
      return Difference("\(name) is in \(mine) here and in \(other) in ")
    }
    if here.scale != there.scale {
      let (mine, other) = here.scale.shown(beside: there.scale)
      return Difference("\(name) has the scale \(mine) here and \(other) in ")
    }
    if here.defaultValue != there.defaultValue {
      let (mine, other) = (here.defaultValue ?? "").shown(beside: there.defaultValue ?? "")
      func words(_ value: String?, _ text: String) -> String { value == nil ? "no default" : "the default \(text)" }
      return Difference(
        "\(name) has \(words(here.defaultValue, mine)) here and \(words(there.defaultValue, other)) in ")
    }
    return Difference("the lines of \(name) differ in their spaces here and in ")
  }
}

/// The hashed parts of the lines of a field list, in order.
private struct LineReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var offset = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Where the next line lies that is not empty, up to its first TAB; nil at the end.
  mutating func next() -> Range<Int>? {
    while offset < bytes.count, bytes[offset] == UInt8(ascii: "\n") { offset += 1 }
    guard offset < bytes.count else { return nil }
    let start = offset
    var end: Int?
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") {
      if end == nil, bytes[offset] == UInt8(ascii: "\t") { end = offset }
      offset += 1
    }
    return start..<(end ?? offset)
  }
}

/// The parts of a line that decide, apart, so that a difference can be put into words.
private struct FieldLine {
  let name: String
  let type: String
  let unit: String
  let scale: String
  let defaultValue: String?

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) {
    var rest = bytes[line]
    name = Self.word(&rest)
    type = Self.word(&rest)
    unit = Self.word(&rest)
    scale = Self.word(&rest)
    defaultValue = rest.starts(with: "= ".utf8) ? String(decoding: rest.dropFirst(2), as: UTF8.self) : nil
  }

  /// Removes and returns the text up to the next space that is not within braces.
  private static func word(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> String {
    var depth = 0
    let end =
      rest.firstIndex { byte in
        if byte == UInt8(ascii: "{") { depth += 1 }
        if byte == UInt8(ascii: "}") { depth -= 1 }
        return byte == UInt8(ascii: " ") && depth <= 0
      } ?? rest.endIndex
    defer { rest = rest[end...].drop { $0 == UInt8(ascii: " ") } }
    return String(decoding: rest[..<end], as: UTF8.self)
  }
}

extension String {
  /// Whatever a client has declared, the words about it stay within the bounds of a bus frame.
  private static var shownBytesMax: Int { 120 }

  fileprivate var clipped: String { clipped(from: 0) }

  private func clipped(from start: Int) -> String {
    let bytes = utf8.dropFirst(start)
    let text = String(decoding: bytes.prefix(Self.shownBytesMax), as: UTF8.self)
    return (start > 0 ? "…" : "") + text + (bytes.count > Self.shownBytesMax ? "…" : "")
  }

  /// Two texts that differ, clipped to where they do.
  fileprivate func shown(beside other: String) -> (String, String) {
    if utf8.count <= Self.shownBytesMax, other.utf8.count <= Self.shownBytesMax { return (self, other) }
    let same = zip(utf8, other.utf8).prefix { $0 == $1 }.count
    let start = Swift.max(0, same - Self.shownBytesMax / 3)
    return (clipped(from: start), other.clipped(from: start))
  }
}
