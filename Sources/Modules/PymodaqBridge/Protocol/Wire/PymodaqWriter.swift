/// Writes what travels, in the way of one generation.
public struct PymodaqWriter: Sendable {
  /// How it writes.
  public let generation: PymodaqGeneration
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// An empty one.
  public init(_ generation: PymodaqGeneration) { self.generation = generation }

  // MARK: Messages

  /// A value as PyMoDAQ sends it with one call: by itself, or from generation 5 on with its length and type.
  public mutating func send(_ value: PymodaqValue) {
    guard generation.isTagged else { return bare(value) }
    var inner = PymodaqWriter(generation)
    inner.tagged(value)
    bytes.append(length: inner.bytes.count)
    bytes += inner.bytes
  }

  /// Texts, such as the way to a parameter.
  mutating func send(texts: [String]) { send(.list(texts.map { .text($0) })) }

  /// A position: a number, or from 4.1 on an object.
  mutating func send(_ position: PymodaqPosition) {
    send(generation.hasObjects ? .data(position.data) : .scalar(PymodaqScalar(position.value)))
  }

  /// What a detector delivers: its arrays, or from 4.1 on an object.
  mutating func send(_ export: PymodaqExport) {
    send(generation.hasObjects ? .export(export) : .list(export.data.flatMap(\.arrays).map { .array($0) }))
  }

  // MARK: Untagged

  private mutating func bare(_ value: PymodaqValue) {
    switch value {
    case .text(let text): self.text(text)
    case .bytes(let bytes): block(bytes)
    case .scalar(let scalar): block(scalar.array, hasShape: false)
    case .array(let array): block(array, hasShape: true)
    case .list(let items), .tuple(let items): list(items)
    case .axis(let axis): self.axis(axis)
    case .data(let data): self.data(data)
    case .export(let export): self.export(export)
    case .parameter(let path, let xml):
      list(path.map { .text($0) })
      block(xml)
    // Generation 5 alone has these, and its values are always tagged.
    case .dictionary, .none: break
    }
  }

  private mutating func text(_ text: String) {
    bytes.append(length: text.utf8.count)
    bytes += text.utf8
  }

  private mutating func block(_ content: [UInt8]) {
    bytes.append(length: content.count)
    bytes += content
  }

  private mutating func block(_ array: PymodaqArray, hasShape: Bool) {
    text(array.type.description)
    bytes.append(length: array.bytes.count)
    if hasShape {
      bytes.append(length: array.shape.count)
      for size in array.shape { bytes.append(length: size) }
    }
    bytes += array.bytes
  }

  private mutating func list(_ items: [PymodaqValue]) {
    bytes.append(length: items.count)
    for item in items {
      text(tag(of: item))
      generation.isTagged ? body(item) : bare(item)
    }
  }

  // MARK: Tagged

  private mutating func tagged(_ value: PymodaqValue) {
    text(tag(of: value))
    body(value)
  }

  private mutating func body(_ value: PymodaqValue) {
    switch value {
    case .dictionary(let keys, let values):
      tagged(.list(keys))
      for value in values { tagged(value) }
    case .none: break
    default: bare(value)
    }
  }

  /// What stands before a value in a list, and from generation 5 on before each.
  private func tag(of value: PymodaqValue) -> String {
    switch value {
    case .text: generation.isTagged ? "str" : "string"
    case .bytes: "bytes"
    case .scalar(let scalar): tag(of: scalar)
    case .array: generation.isTagged ? "ndarray" : "array"
    case .list: "list"
    case .tuple: generation.isTagged ? "tuple" : "list"
    case .axis: generation.isTagged ? "Axis" : "axis"
    case .data(let data): generation.isTagged ? data.kind.rawValue : "dwa"
    case .export: generation.isTagged ? "DataToExport" : "dte"
    case .parameter: "parameter"
    case .dictionary: "dict"
    case .none: "NoneType"
    }
  }

  private func tag(of scalar: PymodaqScalar) -> String {
    switch scalar.type.kind {
    case .bool where generation.writesBools: "bool"
    case _ where !generation.isTagged: "scalar"
    case .integer, .unsigned: "int"
    case .complex: "complex"
    default: "float"
    }
  }

  // MARK: Objects

  /// A part of an object, which has a tag from generation 5 on.
  private mutating func part(_ value: PymodaqValue) { generation.isTagged ? tagged(value) : bare(value) }

  private mutating func parts(_ values: [PymodaqValue]) { part(.list(values)) }

  private mutating func axis(_ axis: PymodaqAxis) {
    if !generation.isTagged { text("Axis") }
    part(.text(axis.label))
    part(.text(axis.units))
    part(.array(axis.values))
    part(.scalar(PymodaqScalar(axis.index)))
    part(.scalar(PymodaqScalar(axis.spreadOrder)))
  }

  private mutating func data(_ data: PymodaqData) {
    if !generation.isTagged { text(data.kind.rawValue) }
    part(.scalar(PymodaqScalar(data.timestamp)))
    part(.text(data.name))
    if generation == .v44 { part(.text(data.units)) }
    part(.text(data.source.rawValue))
    part(.text("Data\(data.dimension)"))
    part(.text(data.distribution.rawValue))
    parts(data.arrays.map { .array($0) })
    if generation.isTagged { part(.text(data.units)) }
    parts(data.labels.map { .text($0) })
    part(.text(data.origin))
    parts(data.navIndexes.map { .scalar(PymodaqScalar($0)) })
    parts(data.axes.map { .axis($0) })
    if generation.hasErrors { parts(data.errors.map { .array($0) }) }
    if generation.hasExtras { extras(data.extras) }
  }

  private mutating func export(_ export: PymodaqExport) {
    if !generation.isTagged { text("DataToExport") }
    part(.scalar(PymodaqScalar(export.timestamp)))
    part(.text(export.name))
    parts(export.data.map { .data($0) })
    if generation.isTagged { extras(export.extras) }
  }

  private mutating func extras(_ extras: [PymodaqExtra]) {
    parts(extras.map { .text($0.name) })
    for extra in extras { tagged(extra.value) }
  }
}
