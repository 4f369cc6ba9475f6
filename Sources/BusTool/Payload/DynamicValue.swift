import BusWire

/// A value whose type is known at run time only, from a field list.
///
/// A structure holds one value per field, in the order of its fields.
enum DynamicValue: Equatable {
  case bool(Bool)
  /// An integer or an enum's number, as it is stored.
  case integer(Int128)
  case float32(Float)
  case float64(Double)
  case text(String)
  case bytes([UInt8])
  case structure([DynamicValue])
  case array([DynamicValue])

  /// The default of a field, as its type stores it.
  init(_ value: FieldList.DefaultValue, of type: FieldList.ValueType) {
    switch (value, type.element) {
    case (.bool(let value), _): self = .bool(value)
    case (.number(.integer(let value)), _): self = .integer(value)
    case (.number(.real(let value)), .number(.float32)): self = .float32(Float(value))
    case (.number(.real(let value)), _): self = .float64(value)
    case (.text(let text), _): self = .text(text)
    case (.empty, .bytes): self = .bytes([])
    case (.empty, _): self = .array([])
    }
  }

  /// The elements of an array; a single value is its only element.
  var elements: [DynamicValue] {
    if case .array(let elements) = self { elements } else { [self] }
  }
}

extension DynamicValue {
  /// The values of a payload, one per field.
  ///
  /// Like a generated frame it ignores what a newer sender has appended, and takes the defaults of fields that an
  /// older sender does not have.
  ///
  /// - Throws: `CodecError` that names the field if the payload does not fit.
  static func decode(_ payload: RawSpan, as fields: [FieldList.Field]) throws(CodecError) -> [DynamicValue] {
    var reader = PayloadReader(payload)
    var values: [DynamicValue] = []
    values.reserveCapacity(fields.count)
    for (index, field) in fields.enumerated() {
      if reader.isAtEnd, let value = field.defaultValue, fields[index...].allSatisfy({ $0.defaultValue != nil }) {
        values.append(DynamicValue(value, of: field.type))
      } else {
        values.append(try decode(field, from: &reader))
      }
    }
    return values
  }

  private static func decode(
    _ field: FieldList.Field, from reader: inout PayloadReader
  ) throws(CodecError) -> DynamicValue {
    do throws(CodecError) {
      return try decode(field.type, from: &reader)
    } catch {
      throw error.inside(field.name)
    }
  }

  private static func decode(
    _ type: FieldList.ValueType, from reader: inout PayloadReader
  ) throws(CodecError) -> DynamicValue {
    let count: Int
    switch type.shape {
    case .single: return try decode(type.element, from: &reader)
    case .fixed(let fixed):
      guard type.sizeMin <= reader.remaining else {
        throw .truncated(field: "", needs: type.sizeMin, left: reader.remaining)
      }
      count = fixed
    case .bounded(let bound): count = try reader.count(bound: bound, elementSizeMin: type.elementSizeMin, field: "")
    case .unbounded: count = try reader.count(bound: nil, elementSizeMin: type.elementSizeMin, field: "")
    }
    var elements: [DynamicValue] = []
    elements.reserveCapacity(count)
    for index in 0..<count {
      do throws(CodecError) {
        elements.append(try decode(type.element, from: &reader))
      } catch {
        throw error.inside("[\(index)]")
      }
    }
    return .array(elements)
  }

  private static func decode(
    _ element: FieldList.ValueType.Element, from reader: inout PayloadReader
  ) throws(CodecError) -> DynamicValue {
    switch element {
    case .bool: return .bool(try Bool(from: &reader, field: ""))
    case .number(let type): return try decode(type, from: &reader)
    case .string(let bound): return .text(try reader.string(bound: bound, field: ""))
    case .bytes(let bound): return .bytes(try reader.byteString(bound: bound, field: ""))
    case .structure(let fields):
      var values: [DynamicValue] = []
      values.reserveCapacity(fields.count)
      for field in fields { values.append(try decode(field, from: &reader)) }
      return .structure(values)
    }
  }

  private static func decode(
    _ type: NumberType, from reader: inout PayloadReader
  ) throws(CodecError) -> DynamicValue {
    switch type {
    case .int8: .integer(Int128(try reader.scalar(Int8.self, field: "")))
    case .int16: .integer(Int128(try reader.scalar(Int16.self, field: "")))
    case .int32: .integer(Int128(try reader.scalar(Int32.self, field: "")))
    case .int64: .integer(Int128(try reader.scalar(Int64.self, field: "")))
    case .uint8: .integer(Int128(try reader.scalar(UInt8.self, field: "")))
    case .uint16: .integer(Int128(try reader.scalar(UInt16.self, field: "")))
    case .uint32: .integer(Int128(try reader.scalar(UInt32.self, field: "")))
    case .uint64: .integer(Int128(try reader.scalar(UInt64.self, field: "")))
    case .float32: .float32(try reader.scalar(Float.self, field: ""))
    case .float64: .float64(try reader.scalar(Double.self, field: ""))
    }
  }
}
