import BusWire
import PymodaqBridgeProtocol

/// A number, or an array of them, in a frame: `voltage`, `position.x`, `angles`, `angles[3]`.
struct FrameField: Equatable, Sendable {
  /// Why a text names no such field.
  struct Problem: Error, Equatable {
    let reason: String
  }

  /// What was found there.
  struct Numbers: Equatable {
    let type: NumberType
    let bytes: [UInt8]
    let scale: Double

    var count: Int { bytes.count / type.byteCount }

    /// As an array of PyMoDAQ's; a scaled one becomes one of fractions.
    func array(shape: [Int]) -> PymodaqArray? {
      guard let array = PymodaqArray(type.pymodaq, shape: shape, bytes: bytes), scale != 1 else {
        return PymodaqArray(type.pymodaq, shape: shape, bytes: bytes)
      }
      return array.doubles.map { PymodaqArray($0.map { $0 * scale }, shape: shape) }
    }

    /// The numbers themselves.
    var values: [Double] { array(shape: [count])?.doubles ?? [] }
  }

  private struct Step: Equatable {
    let field: Int
    /// Of an array; nil for all of it, or for a single value.
    let element: Int?
  }

  let text: String
  let unit: String
  let scale: Double
  /// Whether there are many numbers.
  let isArray: Bool
  /// What may be written there, in the field's unit.
  let range: ClosedRange<Double>?
  private let fields: [FieldList.Field]
  private let steps: [Step]
  private let type: NumberType

  /// - Throws: `Problem` that says what is wrong with the text.
  init(_ text: String, of frame: FrameType) throws(Problem) {
    guard let fields = try? FieldList.parse("\(frame.fields)") else { throw Problem(reason: "\(frame) has no fields") }
    var steps: [Step] = []
    var level = fields
    var last: (field: FieldList.Field, element: Int?)?
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      if let last { level = try Self.inside(last.field, last.element) }
      let (name, element) = try Self.parts(part)
      guard let index = level.firstIndex(where: { $0.name == name }) else {
        let advice = Nearest.advice(for: String(name), among: level.map(\.name))
        throw Problem(
          reason: "\(frame) has no field '\(name)'; \(advice)it has \(level.map(\.name).joined(separator: ", "))")
      }
      if element != nil, level[index].type.shape == .single { throw Problem(reason: "'\(name)' is no array") }
      steps.append(Step(field: index, element: element))
      last = (level[index], element)
    }
    guard let (field, element) = last else { throw Problem(reason: "a field is named") }
    switch field.type.element {
    case .number(let number): type = number
    case .bool: type = .uint8
    default: throw Problem(reason: "'\(text)' is no number: only numbers and arrays of them are measured and moved")
    }
    self.text = text
    self.fields = fields
    self.steps = steps
    unit = field.unit ?? ""
    scale = field.scale
    isArray = field.type.shape != .single && element == nil
    range = Self.range(field)
  }

  private static func range(_ field: FieldList.Field) -> ClosedRange<Double>? {
    let integers: ClosedRange<Int128>? = if case .number(let type) = field.type.element { type.integers } else { nil }
    let low = field.min?.real ?? integers.map { Double($0.lowerBound) } ?? -.greatestFiniteMagnitude
    let high = field.max?.real ?? integers.map { Double($0.upperBound) } ?? .greatestFiniteMagnitude
    guard low <= high, field.min != nil || field.max != nil || integers != nil else { return nil }
    return low * field.scale...high * field.scale
  }

  private static func inside(_ field: FieldList.Field, _ element: Int?) throws(Problem) -> [FieldList.Field] {
    guard case .structure(let fields) = field.type.element else {
      throw Problem(reason: "'\(field.name)' has no fields in it")
    }
    if field.type.shape != .single, element == nil {
      throw Problem(reason: "'\(field.name)' is an array of structs; say which, such as \(field.name)[0]")
    }
    return fields
  }

  private static func parts(_ part: Substring) throws(Problem) -> (Substring, Int?) {
    guard let open = part.firstIndex(of: "[") else { return (part, nil) }
    guard part.last == "]", let element = Int(part[part.index(after: open)...].dropLast()), element >= 0 else {
      throw Problem(reason: "'\(part)' is no element; write it as \(part[..<open])[0]")
    }
    return (part[..<open], element)
  }

  /// What a payload has there; nil if it ends before, or has fewer elements.
  func read(_ payload: [UInt8]) -> Numbers? {
    var cursor = PayloadCursor(bytes: payload)
    var level = fields
    for (depth, step) in steps.enumerated() {
      for field in level[..<step.field] { guard cursor.skip(field.type) else { return nil } }
      let field = level[step.field]
      if depth == 0, cursor.isAtEnd, case .number(let value)? = field.defaultValue, steps.count == 1 {
        return Numbers(type: .float64, bytes: PymodaqArray([value.real]).bytes, scale: scale)
      }
      guard var count = cursor.count(field.type) else { return nil }
      if let element = step.element {
        guard element < count else { return nil }
        for _ in 0..<element { guard cursor.skip(field.type.single) else { return nil } }
        count = 1
      }
      if case .structure(let inner) = field.type.element {
        level = inner
      } else {
        return cursor.take(count * type.byteCount).map { Numbers(type: type, bytes: $0, scale: scale) }
      }
    }
    return nil
  }

  /// A payload with this value there, and nothing but zeros, empty texts and defaults else.
  ///
  /// - Parameter others: what other fields of the frame are, by their names.
  /// - Returns: nil if the field cannot be the value, or lies in an array.
  func payload(_ value: Double, others: [String: Double] = [:]) -> [UInt8]? {
    guard steps.allSatisfy({ $0.element == nil }), !isArray else { return nil }
    var bytes: [UInt8] = []
    guard PayloadFiller(value: value, scale: scale, others: others).append(fields, steps.map(\.field)[...], to: &bytes)
    else { return nil }
    return bytes
  }
}

extension NumberType {
  /// As numpy writes it.
  fileprivate var pymodaq: PymodaqDataType {
    let name =
      switch self {
      case .int8: "|i1"
      case .int16: "<i2"
      case .int32: "<i4"
      case .int64: "<i8"
      case .uint8: "|u1"
      case .uint16: "<u2"
      case .uint32: "<u4"
      case .uint64: "<u8"
      case .float32: "<f4"
      case .float64: "<f8"
      }
    return PymodaqDataType(name)!
  }
}
