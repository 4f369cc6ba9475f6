/// Reads what travels, in the way of one generation, from the beginning of a message.
///
/// What has not arrived yet is an error that says how much is missing; the message is read again from its beginning then.
public struct PymodaqReader: Sendable {
  /// How it reads. Positions and data tell some generations apart: then it is what they say.
  public internal(set) var generation: PymodaqGeneration
  /// Bytes read so far.
  public private(set) var offset: Int
  let limits: PymodaqLimits
  private let bytes: [UInt8]
  private var depth = 0

  /// Reads bytes from the first one, or from another.
  public init(_ bytes: [UInt8], _ generation: PymodaqGeneration, limits: PymodaqLimits = PymodaqLimits()) {
    self.bytes = bytes
    self.generation = generation
    self.limits = limits
    offset = 0
  }

  /// Whether everything was read.
  public var isAtEnd: Bool { offset == bytes.count }

  // MARK: Messages

  /// What a message can be made of.
  public enum Form: Sendable {
    case text, bytes, scalar, array, list, axis, data, export
  }

  /// A value as PyMoDAQ sends it with one call; before generation 5 the receiver has to know what comes.
  ///
  /// - Throws: `PymodaqError`.
  public mutating func receive(_ form: Form) throws(PymodaqError) -> PymodaqValue {
    guard generation.isTagged else { return try bare(form) }
    let length = try length("a message", max: limits.messageBytesMax)
    try need(length)
    let end = offset + length
    let value = try tagged()
    guard offset == end else {
      throw .malformed("a message of \(length) bytes holds a value of \(length - (end - offset))")
    }
    return value
  }

  /// A text; from generation 5 on bytes do as well.
  mutating func receiveText() throws(PymodaqError) -> String {
    switch try receive(.text) {
    case .text(let text): return text
    case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
    default: throw .malformed("something else instead of a text")
    }
  }

  /// The bytes of a tree of settings, which may come as a text as well.
  mutating func receiveXML() throws(PymodaqError) -> [UInt8] {
    switch try receive(.bytes) {
    case .text(let text): return Array(text.utf8)
    case .bytes(let bytes): return bytes
    default: throw .malformed("something else instead of a parameter's XML")
    }
  }

  /// Texts, such as the way to a parameter.
  mutating func receiveTexts() throws(PymodaqError) -> [String] {
    var texts: [String] = []
    for item in try items(try receive(.list)) {
      guard case .text(let text) = item else { throw .malformed("something else than texts in a parameter's path") }
      texts.append(text)
    }
    return texts
  }

  /// A position, whether it is a number or an object.
  mutating func receivePosition() throws(PymodaqError) -> PymodaqPosition {
    if !generation.isTagged {
      let text = try peekText()
      if PymodaqDataType(text) != nil { generation = .legacy } else if generation == .legacy { generation = .v44 }
    }
    switch try receive(generation.hasObjects ? .data : .scalar) {
    case .data(let data): return try PymodaqPosition(data)
    case .scalar(let scalar):
      guard let value = scalar.double else { throw .malformed("a position of the type \(scalar.type)") }
      return PymodaqPosition(value)
    default: throw .malformed("something else instead of a position")
    }
  }

  /// What a detector delivers, whether it is a list of arrays or an object.
  mutating func receiveExport() throws(PymodaqError) -> PymodaqExport {
    if !generation.isTagged {
      let isObject = try isNext("DataToExport")
      if !isObject { generation = .legacy } else if generation == .legacy { generation = .v44 }
    }
    switch try receive(generation.hasObjects ? .export : .list) {
    case .export(let export): return export
    case .list(let items):
      var data: [PymodaqData] = []
      for item in items {
        guard case .array(let array) = item else { throw .malformed("something else than arrays in a list of data") }
        data.append(PymodaqData(unnamed: array, index: data.count))
      }
      return PymodaqExport(timestamp: 0, name: "", data: data)
    default: throw .malformed("something else instead of data")
    }
  }

  // MARK: Numbers and bytes

  private mutating func need(_ count: Int) throws(PymodaqError) {
    guard count <= bytes.count - offset else { throw .incomplete(bytes: offset + count) }
  }

  /// Whether a text is next. A list may be next as well: it begins with how many there are.
  private func isNext(_ text: String) throws(PymodaqError) -> Bool {
    var copy = self
    guard try copy.length("a text", max: Int(UInt32.max)) == text.utf8.count else { return false }
    try copy.need(text.utf8.count)
    return bytes[copy.offset..<copy.offset + text.utf8.count].elementsEqual(text.utf8)
  }

  private func peekText() throws(PymodaqError) -> String {
    var copy = self
    return try copy.text()
  }

  private mutating func length(_ what: String, max: Int) throws(PymodaqError) -> Int {
    try need(4)
    var value = 0
    for index in 0..<4 { value = value << 8 | Int(bytes[offset + index]) }
    offset += 4
    guard value <= max else {
      throw .tooLarge("\(what) of \(value) bytes or elements is announced; \(max) are read here")
    }
    return value
  }

  private mutating func block(_ count: Int) throws(PymodaqError) -> [UInt8] {
    guard offset + count <= limits.messageBytesMax else {
      throw .tooLarge("a message of more than \(limits.messageBytesMax) bytes is announced, which is the limit here")
    }
    try need(count)
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  mutating func text() throws(PymodaqError) -> String {
    let count = try length("a text", max: limits.textBytesMax)
    let bytes = try block(count)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("a text that is not UTF-8") }
    return text
  }

  private mutating func type() throws(PymodaqError) -> PymodaqDataType {
    let name = try text()
    guard let type = PymodaqDataType(name) else {
      throw .malformed("'\(name.prefix(16))' is no type of elements that is read here")
    }
    return type
  }

  private mutating func scalar() throws(PymodaqError) -> PymodaqScalar {
    let type = try type()
    let count = try length("a number", max: limits.textBytesMax)
    guard let scalar = PymodaqScalar(type, bytes: try block(count)) else {
      throw .malformed("a number of the type \(type) with \(count) bytes")
    }
    return scalar
  }

  private mutating func array() throws(PymodaqError) -> PymodaqArray {
    let type = try type()
    let count = try length("an array", max: limits.messageBytesMax)
    let dimensions = try length("an array's shape", max: limits.dimensionsMax)
    var shape: [Int] = []
    for _ in 0..<dimensions { shape.append(try length("a dimension", max: Int(UInt32.max))) }
    guard let array = PymodaqArray(type, shape: shape, bytes: try block(count)) else {
      throw .malformed("an array of the type \(type) and the shape \(shape) with \(count) bytes")
    }
    return array
  }

  mutating func count() throws(PymodaqError) -> Int { try length("a list", max: limits.itemsMax) }

  /// Counts how deep it is in lists and objects, which a sender may nest.
  mutating func deeper<Result>(
    _ body: (inout PymodaqReader) throws(PymodaqError) -> Result
  ) throws(PymodaqError) -> Result {
    guard depth < limits.depthMax else { throw .tooLarge("values lie deeper in each other than \(limits.depthMax)") }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  // MARK: Untagged

  mutating func bare(_ form: Form) throws(PymodaqError) -> PymodaqValue {
    switch form {
    case .text: return .text(try text())
    case .bytes: return .bytes(try xml())
    case .scalar: return .scalar(try scalar())
    case .array: return .array(try array())
    case .list: return .list(try list())
    case .axis: return .axis(try axis())
    case .data: return .data(try data())
    case .export: return .export(try export())
    }
  }

  private mutating func xml() throws(PymodaqError) -> [UInt8] {
    try block(try length("a tree of settings", max: limits.settingsBytesMax))
  }

  mutating func list() throws(PymodaqError) -> [PymodaqValue] {
    try deeper { (reader) throws(PymodaqError) in
      var items: [PymodaqValue] = []
      for _ in 0..<(try reader.count()) { items.append(try reader.item()) }
      return items
    }
  }

  /// A value with its tag before it.
  mutating func item() throws(PymodaqError) -> PymodaqValue {
    guard !generation.isTagged else { return try tagged() }
    let tag = try text()
    switch tag {
    case "scalar", "bool": return .scalar(try scalar())
    case "string": return .text(try text())
    case "array": return .array(try array())
    case "bytes": return .bytes(try xml())
    case "list": return .list(try list())
    case "axis": return .axis(try axis())
    case "dwa": return .data(try data())
    case "dte": return .export(try export())
    case "parameter":
      let items = try list()
      let xml = try xml()
      return .parameter(
        path: items.compactMap { if case .text(let text) = $0 { text } else { nil } }, xml: xml)
    default: throw .malformed("'\(tag.prefix(16))' is no kind of value in a list")
    }
  }

  // MARK: Tagged

  mutating func tagged() throws(PymodaqError) -> PymodaqValue {
    let tag = try text()
    switch tag {
    case "str": return .text(try text())
    case "bytes": return .bytes(try xml())
    case "int", "float", "complex", "bool": return .scalar(try scalar())
    case "ndarray": return .array(try array())
    case "list": return .list(try list())
    case "tuple": return .tuple(try list())
    case "dict": return try dictionary()
    case "NoneType": return .none
    case "Axis", "NavAxis": return .axis(try axis())
    case "DataToExport", "DataScan", "DataToActuators": return .export(try export())
    default:
      guard let kind = PymodaqData.Kind(rawValue: tag) else {
        throw .malformed("'\(tag.prefix(32))' is no type of values that is read here")
      }
      return .data(try data(kind))
    }
  }

  private mutating func dictionary() throws(PymodaqError) -> PymodaqValue {
    try deeper { (reader) throws(PymodaqError) in
      let keys = try reader.items(try reader.tagged())
      var values: [PymodaqValue] = []
      for _ in keys { values.append(try reader.tagged()) }
      return .dictionary(keys: keys, values: values)
    }
  }

  /// The items of a list or tuple.
  func items(_ value: PymodaqValue) throws(PymodaqError) -> [PymodaqValue] {
    switch value {
    case .list(let items), .tuple(let items): return items
    default: throw .malformed("something else instead of a list")
    }
  }
}

extension PymodaqData {
  /// An array that came without anything beside it.
  init(unnamed array: PymodaqArray, index: Int) {
    let rank = array.count == 1 ? 0 : array.shape.count
    let dimension: PymodaqDimension = rank == 0 ? .zero : rank == 1 ? .one : rank == 2 ? .two : .many
    let label = "CH" + (index < 10 ? "0" : "") + "\(index)"
    self.init(.fromPlugins, timestamp: 0, name: "", dimension: dimension, arrays: [array], labels: [label])
  }
}
