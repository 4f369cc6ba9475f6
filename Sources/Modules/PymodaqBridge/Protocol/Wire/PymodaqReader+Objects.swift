/// Axes, data and what is exported: the same parts in every generation, with a tag each from generation 5 on.
extension PymodaqReader {
  mutating func axis() throws(PymodaqError) -> PymodaqAxis {
    if !generation.isTagged { try expect("Axis") }
    let label = try textPart()
    let units = try textPart()
    guard case .array(let values) = try part(.array) else { throw .malformed("an axis without values") }
    return PymodaqAxis(
      label: label, units: units, values: values, index: try integerPart(), spreadOrder: try integerPart())
  }

  mutating func data() throws(PymodaqError) -> PymodaqData {
    let name = try text()
    guard let kind = PymodaqData.Kind(rawValue: name), kind != .fromRoi else {
      throw .malformed("'\(name.prefix(32))' is no class of data")
    }
    return try data(kind)
  }

  mutating func data(_ kind: PymodaqData.Kind) throws(PymodaqError) -> PymodaqData {
    try deeper { (reader) throws(PymodaqError) in
      let timestamp = try reader.realPart()
      var data = PymodaqData(kind, timestamp: timestamp, name: "", dimension: .zero, arrays: [], labels: [])
      data.name = try reader.textPart()
      try reader.readNature(of: &data)
      data.arrays = try reader.arraysPart()
      if reader.generation.isTagged { data.units = try reader.textPart() }
      data.labels = try reader.textsPart()
      data.origin = try reader.textPart()
      data.navIndexes = try reader.integersPart()
      data.axes = try reader.axesPart()
      try reader.readTail(of: &data)
      return data
    }
  }

  /// Units, source, dimension and distribution. Where the second text is a dimension, there are no units.
  private mutating func readNature(of data: inout PymodaqData) throws(PymodaqError) {
    let first = try textPart()
    var source = first
    var dimension = try textPart()
    if !generation.isTagged {
      let hasNoUnits = PymodaqData.Source(rawValue: source) != nil && PymodaqDimension(data: dimension) != nil
      if hasNoUnits {
        generation = generation.hasUnits || !generation.hasObjects ? .v42 : generation
      } else {
        generation = .v44
        data.units = first
        source = dimension
        dimension = try textPart()
      }
    }
    let distribution = try textPart()
    guard let source = PymodaqData.Source(rawValue: source), let dimension = PymodaqDimension(data: dimension),
      let distribution = PymodaqData.Distribution(rawValue: distribution)
    else { throw .malformed("data '\(data.name.prefix(32))' of an unknown source, dimension or distribution") }
    (data.source, data.dimension, data.distribution) = (source, dimension, distribution)
  }

  /// Errors and extra attributes, as far as the generation has them. A list of texts where errors should be is one of names.
  private mutating func readTail(of data: inout PymodaqData) throws(PymodaqError) {
    guard generation.hasExtras else { return }
    var names: [PymodaqValue]?
    if generation.hasErrors {
      let items = try self.items(try part(.list))
      if !generation.hasUnits, case .text? = items.first {
        generation = .v41
        names = items
      } else {
        data.errors = try arrays(items)
      }
    }
    let items = if let names { names } else { try self.items(try part(.list)) }
    for name in try texts(items) { data.extras.append(PymodaqExtra(name, try item())) }
  }

  mutating func export() throws(PymodaqError) -> PymodaqExport {
    if !generation.isTagged { try expect("DataToExport") }
    return try deeper { (reader) throws(PymodaqError) in
      let timestamp = try reader.realPart()
      var export = PymodaqExport(timestamp: timestamp, name: try reader.textPart(), data: [])
      for item in try reader.items(try reader.part(.list)) {
        guard case .data(let data) = item else { throw .malformed("something else than data in a DataToExport") }
        export.data.append(data)
      }
      guard reader.generation.isTagged else { return export }
      for name in try reader.textsPart() { export.extras.append(PymodaqExtra(name, try reader.tagged())) }
      return export
    }
  }

  // MARK: Parts

  private mutating func part(_ form: Form) throws(PymodaqError) -> PymodaqValue {
    generation.isTagged ? try tagged() : try bare(form)
  }

  private mutating func expect(_ name: String) throws(PymodaqError) {
    let found = try text()
    guard found == name else { throw .malformed("'\(found.prefix(32))' instead of \(name)") }
  }

  private mutating func textPart() throws(PymodaqError) -> String {
    guard case .text(let text) = try part(.text) else { throw .malformed("something else instead of a text") }
    return text
  }

  private mutating func realPart() throws(PymodaqError) -> Double {
    guard case .scalar(let scalar) = try part(.scalar), let value = scalar.double else {
      throw .malformed("something else instead of a number")
    }
    return value
  }

  private mutating func integerPart() throws(PymodaqError) -> Int64 { try integer(try part(.scalar)) }

  private func integer(_ value: PymodaqValue) throws(PymodaqError) -> Int64 {
    guard case .scalar(let scalar) = value, let number = scalar.integer.flatMap({ Int64(exactly: $0) }) else {
      throw .malformed("something else instead of a whole number")
    }
    return number
  }

  private mutating func integersPart() throws(PymodaqError) -> [Int64] {
    var numbers: [Int64] = []
    for item in try items(try part(.list)) { numbers.append(try integer(item)) }
    return numbers
  }

  private mutating func textsPart() throws(PymodaqError) -> [String] { try texts(try items(try part(.list))) }

  private func texts(_ items: [PymodaqValue]) throws(PymodaqError) -> [String] {
    var texts: [String] = []
    for item in items {
      guard case .text(let text) = item else { throw .malformed("something else than texts in a list of them") }
      texts.append(text)
    }
    return texts
  }

  private mutating func arraysPart() throws(PymodaqError) -> [PymodaqArray] { try arrays(try items(try part(.list))) }

  private func arrays(_ items: [PymodaqValue]) throws(PymodaqError) -> [PymodaqArray] {
    var arrays: [PymodaqArray] = []
    for item in items {
      guard case .array(let array) = item else { throw .malformed("something else than arrays in a list of them") }
      arrays.append(array)
    }
    return arrays
  }

  private mutating func axesPart() throws(PymodaqError) -> [PymodaqAxis] {
    var axes: [PymodaqAxis] = []
    for item in try items(try part(.list)) {
      guard case .axis(let axis) = item else { throw .malformed("something else than axes in a list of them") }
      axes.append(axis)
    }
    return axes
  }
}

extension PymodaqDimension {
  /// Reads the name that data have for it, such as `Data1D`.
  init?(data name: String) {
    guard name.hasPrefix("Data") else { return nil }
    self.init(rawValue: String(name.dropFirst(4)))
  }
}
