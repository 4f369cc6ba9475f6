/// The type of a field as its canonical field list describes it, with the range that encoding enforces.
indirect enum PayloadShape {
  case scalar(String, min: Double?, max: Double?)
  case text(bound: Int?)
  case bytes(bound: Int?)
  case structure([PayloadShape])
  case fixed(PayloadShape, count: Int)
  case array(PayloadShape, bound: Int?)

  /// The fields of a frame in order.
  static func fields(of list: String) -> [PayloadShape] {
    list.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t").map(String.init)
      var reader = PayloadShapeReader(text: parts[0], annotations: Array(parts.dropFirst()))
      return reader.field(path: []).shape
    }
  }
}

/// Reads one line of a canonical field list.
struct PayloadShapeReader {
  private var rest: Substring
  private let annotations: [String]

  init(text: String, annotations: [String]) {
    rest = text[...]
    self.annotations = annotations
  }

  /// Reads `name type unit scale`; the path of the field itself is empty.
  mutating func field(path: [String]) -> (name: String, shape: PayloadShape) {
    let name = String(take { $0 != " " })
    rest = rest.dropFirst()
    let shape = type(path: path)
    rest = rest.dropFirst()
    _ = take { $0 != " " }
    rest = rest.dropFirst()
    _ = take { !" ;}".contains($0) }
    return (name, shape)
  }

  private mutating func type(path: [String]) -> PayloadShape {
    let name = String(take { !" [{".contains($0) })
    let element = rest.first == "{" ? structure(path: path) : nil
    let suffix = rest.first == "[" ? String(take { $0 != " " }) : ""
    let bound = Int(suffix.filter(\.isNumber))
    if name == "string", suffix.isEmpty || suffix.hasPrefix("[<=") { return .text(bound: bound) }
    if name == "bytes" { return .bytes(bound: bound) }
    let single =
      element
      ?? (name == "string"
        ? .text(bound: nil) : .scalar(name, min: number("min", path: path), max: number("max", path: path)))
    if suffix.isEmpty { return single }
    return suffix.hasPrefix("[<=") || suffix == "[]" ? .array(single, bound: bound) : .fixed(single, count: bound!)
  }

  private mutating func structure(path: [String]) -> PayloadShape {
    var fields: [PayloadShape] = []
    repeat {
      rest = rest.drop { "{; ".contains($0) }
      let name = String(rest.prefix { $0 != " " })
      fields.append(field(path: path + [name]).shape)
    } while rest.first == ";"
    rest = rest.dropFirst()
    return .structure(fields)
  }

  private func number(_ key: String, path: [String]) -> Double? {
    let prefix = (path.isEmpty ? "" : path.joined(separator: ".") + ":") + key + "="
    return annotations.first { $0.hasPrefix(prefix) }.flatMap { Double($0.dropFirst(prefix.count)) }
  }

  private mutating func take(while condition: (Character) -> Bool) -> Substring {
    let taken = rest.prefix(while: condition)
    rest = rest.dropFirst(taken.count)
    return taken
  }
}
