/// The numbers of the wire, by their names in a schema.
package enum NumberType: String, CaseIterable, Sendable {
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case float32, float64

  /// Bytes in a payload.
  package var byteCount: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// Whether the values are floating-point numbers.
  package var isFloat: Bool { self == .float32 || self == .float64 }

  /// The values of an integer type; nil for floating-point numbers.
  package var integers: ClosedRange<Int128>? {
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

  /// The number as a value of this type: of a float32 the nearest one, as in the program that uses it.
  ///
  /// - Returns: nil if it is none, such as 1.5 or 256 for a uint8.
  package func value(_ number: Number) -> Number? {
    switch (self, number) {
    case (.float32, _):
      let value = Float(number.real)
      return value.isFinite ? .real(Double(value)) : nil
    case (.float64, _):
      return .real(number.real)
    case (_, .integer(let value)):
      return integers?.contains(value) == true ? number : nil
    case (_, .real):
      return nil
    }
  }

  /// The fewest digits that read back as the same value of this type.
  package func text(_ number: Number) -> String {
    self == .float32 ? Float(number.real).shortestText : number.description
  }
}
