extension FieldList.Number {
  /// Reads a number as a value of a type; nil if it is none.
  init?(_ text: Substring, of type: FieldList.NumberType) {
    if let integers = type.integers {
      guard let value = Int128(text), integers.contains(value) else { return nil }
      self = .integer(value)
    } else {
      // A limit of a float32 is the nearest float32, as in the program that enforces it.
      guard let value = type == .float32 ? Float(text).map(Double.init) : Double(text), value.isFinite else {
        return nil
      }
      self = .real(value)
    }
  }
}

extension FieldList.Field {
  /// Takes one of the remarks that follow a line's tabs: `min=0`, `shares.pump:max=7`, `enum=MODE OFF=0`, `doc=…`.
  mutating func annotate(with remark: Substring) {
    guard let equals = remark.firstIndex(of: "=") else { return }
    let head = remark[..<equals].split(separator: ":", omittingEmptySubsequences: false)
    let value = remark[remark.index(after: equals)...]
    switch head.count {
    case 1: annotate(head[0], value)
    case 2: annotate(at: head[0].split(separator: ".")[...], head[1], value)
    default: return
    }
  }

  private mutating func annotate(at path: ArraySlice<Substring>, _ key: Substring, _ value: Substring) {
    guard let name = path.first else { return annotate(key, value) }
    guard case .structure(var fields) = type.element, let index = fields.firstIndex(where: { $0.name == name }) else {
      return
    }
    fields[index].annotate(at: path.dropFirst(), key, value)
    self = FieldList.Field(
      name: self.name, type: FieldList.ValueType(.structure(fields), type.shape), unit: unit, scale: scale,
      defaultValue: defaultValue, min: min, max: max, enumeration: enumeration, doc: doc)
  }

  private mutating func annotate(_ key: Substring, _ value: Substring) {
    if key == "doc" {
      doc = String(value)
      return
    }
    guard case .number(let number) = type.element else { return }
    switch key {
    case "min": min = FieldList.Number(value, of: number)
    case "max": max = FieldList.Number(value, of: number)
    case "enum": enumeration = FieldList.Enumeration(value)
    default: return
    }
  }
}

extension FieldList.Enumeration {
  /// Reads `MODE OFF=0 ON=1`; nil if it is malformed.
  fileprivate init?(_ text: Substring) {
    let words = text.split(separator: " ")
    guard let name = words.first else { return nil }
    var values: [Value] = []
    for word in words.dropFirst() {
      let parts = word.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let number = Int128(parts[1]) else { return nil }
      values.append(Value(name: String(parts[0]), number: number))
    }
    self.init(name: String(name), values: values)
  }
}
