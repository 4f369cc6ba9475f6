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
