/// The type of one value.
enum ElementType {
  case bool
  case number(NumberType)
  /// With the most bytes of UTF-8 that it may have.
  case string(bound: Int?)
  /// With the most bytes that it may have.
  case bytes(bound: Int?)
  case enumeration(EnumModel)
  case structure(StructModel)
}

/// The type of a field.
struct ValueType {
  let element: ElementType
  /// Of strings and bytes the bound is part of the element.
  let shape: Shape
}

extension ElementType {
  /// The fewest bytes on the wire.
  var encodedSizeMin: Int {
    switch self {
    case .bool: 1
    case .number(let number): number.byteCount
    case .string, .bytes: 4
    case .enumeration(let model): model.carrier.byteCount
    case .structure(let model): model.fields.encodedSizeMin
    }
  }

  /// Whether every value takes as many bytes.
  var isFixedSize: Bool {
    switch self {
    case .bool, .number, .enumeration: true
    case .string, .bytes: false
    case .structure(let model): model.fields.allSatisfy(\.type.isFixedSize)
    }
  }
}

extension ValueType {
  /// The fewest bytes on the wire.
  var encodedSizeMin: Int {
    switch shape {
    case .single: element.encodedSizeMin
    case .fixed(let count): element.encodedSizeMin * count
    case .bounded, .unbounded: 4
    }
  }

  /// Whether every value takes as many bytes.
  var isFixedSize: Bool {
    switch shape {
    case .single, .fixed: element.isFixedSize
    case .bounded, .unbounded: false
    }
  }
}

extension [FieldModel] {
  /// The fewest bytes on the wire.
  var encodedSizeMin: Int { reduce(0) { $0 + $1.type.encodedSizeMin } }
}
