import BusWire

extension PayloadCheck {
  static func checkNumber(
    _ type: NumberType, _ field: FieldList.Field, _ reader: inout PayloadReader
  ) throws(CodecError) {
    switch type {
    case .int8: try checkInteger(Int8.self, field, &reader)
    case .int16: try checkInteger(Int16.self, field, &reader)
    case .int32: try checkInteger(Int32.self, field, &reader)
    case .int64: try checkInteger(Int64.self, field, &reader)
    case .uint8: try checkInteger(UInt8.self, field, &reader)
    case .uint16: try checkInteger(UInt16.self, field, &reader)
    case .uint32: try checkInteger(UInt32.self, field, &reader)
    case .uint64: try checkInteger(UInt64.self, field, &reader)
    case .float32: try checkReal(Double(try reader.scalar(Float.self, field: "")), field)
    case .float64: try checkReal(try reader.scalar(Double.self, field: ""), field)
    }
  }

  private static func checkInteger<Value: PayloadScalar & FixedWidthInteger>(
    _ type: Value.Type, _ field: FieldList.Field, _ reader: inout PayloadReader
  ) throws(CodecError) {
    let value = Int128(try reader.scalar(type, field: ""))
    if case .integer(let least) = field.min, value < least { throw outOfRange(.integer(value), field) }
    if case .integer(let greatest) = field.max, value > greatest { throw outOfRange(.integer(value), field) }
  }

  /// Not-a-number is outside of every range.
  private static func checkReal(_ value: Double, _ field: FieldList.Field) throws(CodecError) {
    if case .real(let least) = field.min, !(value >= least) { throw outOfRange(.real(value), field) }
    if case .real(let greatest) = field.max, !(value <= greatest) { throw outOfRange(.real(value), field) }
  }

  /// The error in the field's unit.
  private static func outOfRange(_ value: Number, _ field: FieldList.Field) -> CodecError {
    let text = { (number: Number?) in number.map { field.fraction.physical($0).description } ?? "any" }
    let unit = field.unit.map { " \($0)" } ?? ""
    return .outOfRange(field: "", value: text(value), range: "\(text(field.min)) to \(text(field.max))\(unit)")
  }
}
