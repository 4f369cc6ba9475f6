import BusWire

/// Encodes values whose types are known at run time only, and holds them to the ranges of their schema.
struct PayloadBuilder {
  private(set) var bytes: [UInt8] = []

  /// The payload of one value per field.
  ///
  /// - Throws: `CodecError` that names the field, with range and value in physical units.
  static func encode(_ values: [DynamicValue], as fields: [FieldList.Field]) throws(CodecError) -> [UInt8] {
    var builder = PayloadBuilder()
    try builder.append(values, fields)
    return builder.bytes
  }

  private mutating func append(_ values: [DynamicValue], _ fields: [FieldList.Field]) throws(CodecError) {
    for (value, field) in zip(values, fields) {
      do throws(CodecError) {
        try append(value, field)
      } catch {
        throw error.inside(field.name)
      }
    }
  }

  private mutating func append(_ value: DynamicValue, _ field: FieldList.Field) throws(CodecError) {
    guard field.type.shape != .single else { return try append(element: value, field) }
    let elements = value.elements
    switch field.type.shape {
    case .single: break
    case .fixed(let count):
      guard elements.count == count else { throw .wrongCount(field: "", count: elements.count, size: count) }
    case .bounded(let bound): try append(count: elements.count, bound: bound)
    case .unbounded: try append(count: elements.count, bound: nil)
    }
    for (index, element) in elements.enumerated() {
      do throws(CodecError) {
        try append(element: element, field)
      } catch {
        throw error.inside("[\(index)]")
      }
    }
  }

  private mutating func append(element value: DynamicValue, _ field: FieldList.Field) throws(CodecError) {
    switch (field.type.element, value) {
    case (.bool, .bool(let value)): bytes.append(value ? 1 : 0)
    case (.number(let type), .integer(let value)):
      guard type.integers != nil, NumberRange(field)?.contains(value) ?? true else { throw outOfRange(value, field) }
      withUnsafeBytes(of: value.littleEndian) { bytes += $0.prefix(type.byteCount) }
    case (.number(.float32), .float32(let value)):
      guard NumberRange(field)?.contains(Double(value)) ?? true else { throw outOfRange(value, field) }
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    case (.number(.float64), .float64(let value)):
      guard NumberRange(field)?.contains(value) ?? true else { throw outOfRange(value, field) }
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    case (.string(let bound), .text(let text)):
      try append(byteCount: text.utf8.count, bound: bound)
      bytes += text.utf8
    case (.bytes(let bound), .bytes(let content)):
      try append(byteCount: content.count, bound: bound)
      bytes += content
    case (.structure(let fields), .structure(let values)): try append(values, fields)
    default: throw .outOfRange(field: "", value: "\(value)", range: "a value of type \(field.type)")
    }
  }

  private mutating func append(count: Int, bound: Int?) throws(CodecError) {
    let bound = bound ?? Int(UInt32.max)
    guard count <= bound else { throw .countOverBound(field: "", count: count, bound: bound) }
    withUnsafeBytes(of: UInt32(count).littleEndian) { bytes += $0 }
  }

  private mutating func append(byteCount: Int, bound: Int?) throws(CodecError) {
    if let bound, byteCount > bound { throw .bytesOverBound(field: "", bytes: byteCount, bound: bound) }
    try append(count: byteCount, bound: nil)
  }

  private func outOfRange(_ value: some Any, _ field: FieldList.Field) -> CodecError {
    let value: DynamicValue =
      switch value {
      case let value as Int128: .integer(value)
      case let value as Float: .float32(value)
      default: .float64(value as? Double ?? .nan)
      }
    return .outOfRange(
      field: "", value: PhysicalNumber.text(value, scale: field.scale),
      range: NumberRange(field)?.text ?? "a value of type \(field.type)")
  }
}
