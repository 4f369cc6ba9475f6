extension FieldList.Field {
  /// Reads one of the annotations that follow a line's tabs: `min=0`, `shares.pump:max=7`, `enum=MODE OFF=0`,
  /// `OFF:doc=…`, `struct=SHARE`, `doc=…`. One that means nothing to this version is left out.
  mutating func annotate(with annotation: Substring) {
    guard let equals = annotation.firstIndex(of: "=") else { return }
    let head = annotation[..<equals].split(separator: ":", omittingEmptySubsequences: false)
    let value = annotation[annotation.index(after: equals)...]
    switch head.count {
    case 1: annotate(head[0], value)
    case 2: annotate(at: head[0].split(separator: ".")[...], head[1], value)
    default: return
    }
  }

  /// - Parameter path: names of fields in this struct, or at last of a value of this enum.
  private mutating func annotate(at path: ArraySlice<Substring>, _ key: Substring, _ value: Substring) {
    guard let name = path.first else { return annotate(key, value) }
    if case .structure(var fields) = type.element, let index = fields.firstIndex(where: { $0.name == name }) {
      fields[index].annotate(at: path.dropFirst(), key, value)
      type = FieldList.ValueType(.structure(fields), type.shape)
    } else if path.count == 1, key == "doc",
      let index = enumeration?.values.firstIndex(where: { $0.name == name })
    {
      enumeration?.values[index].doc = String(value)
    }
  }

  private mutating func annotate(_ key: Substring, _ value: Substring) {
    switch (key, type.element) {
    case ("doc", _): doc = String(value)
    case ("struct", .structure): structName = String(value)
    case ("min", .number(let number)): min = Number(value).flatMap { number.value($0) }
    case ("max", .number(let number)): max = Number(value).flatMap { number.value($0) }
    case ("enum", .number): enumeration = FieldList.Enumeration(value)
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
