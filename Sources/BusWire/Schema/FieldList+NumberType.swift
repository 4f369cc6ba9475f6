extension FieldList {
  /// The numbers of the wire, by their names in a schema.
  public enum NumberType: String, CaseIterable, Sendable {
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case float32, float64

    /// Bytes in a payload.
    public var byteCount: Int {
      switch self {
      case .int8, .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float32: 4
      case .int64, .uint64, .float64: 8
      }
    }

    /// The values of an integer type; nil for floating-point numbers.
    public var integers: ClosedRange<Int128>? {
      switch self {
      case .int8: Int128(Int8.min)...Int128(Int8.max)
      case .int16: Int128(Int16.min)...Int128(Int16.max)
      case .int32: Int128(Int32.min)...Int128(Int32.max)
      case .int64: Int128(Int64.min)...Int128(Int64.max)
      case .uint8: 0...Int128(UInt8.max)
      case .uint16: 0...Int128(UInt16.max)
      case .uint32: 0...Int128(UInt32.max)
      case .uint64: 0...Int128(UInt64.max)
      case .float32, .float64: nil
      }
    }
  }
}
