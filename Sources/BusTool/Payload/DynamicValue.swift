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
