/// An array of numpy: its elements as they travel, row after row.
public struct PymodaqArray: Equatable, Sendable {
  /// What the elements are.
  public let type: PymodaqDataType
  /// The size in each dimension; empty for a single value without dimensions.
  public let shape: [Int]
  /// The elements, row after row.
  public let bytes: [UInt8]

  /// Takes elements as they travel.
  ///
  /// - Returns: nil if there are not as many bytes as the shape needs.
  public init?(_ type: PymodaqDataType, shape: [Int], bytes: [UInt8]) {
    var count = type.byteCount
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { return nil }
      count = product
    }
    guard count == bytes.count else { return nil }
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// An array of `<f8`; one dimension unless a shape with as many elements is given.
  public init(_ values: [Double], shape: [Int]? = nil) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 8)
    for value in values { bytes.append(littleEndian: value.bitPattern) }
    let shape = shape ?? [values.count]
    precondition(shape.reduce(1, *) == values.count, "a shape of another size")
    self.type = .float64
    self.shape = shape
    self.bytes = bytes
  }

  /// How many elements there are.
  public var count: Int { bytes.count / type.byteCount }

  /// The same shape with no number in it, for what could not be measured.
  public var unmeasured: PymodaqArray {
    PymodaqArray([Double](repeating: .nan, count: count), shape: shape)
  }

  /// The elements as numbers; nil for texts and complex numbers.
  public var doubles: [Double]? {
    guard type.kind != .complex, type.kind != .text, type.kind != .bytes else { return nil }
    return (0..<count).map { number(at: $0 * type.byteCount, type.byteCount, type.kind) }
  }

  /// The elements as real and imaginary parts; nil if they are not complex.
  public var complexNumbers: [(real: Double, imaginary: Double)]? {
    guard type.kind == .complex else { return nil }
    let half = type.byteCount / 2
    return (0..<count).map {
      (number(at: $0 * type.byteCount, half, .real), number(at: $0 * type.byteCount + half, half, .real))
    }
  }

  /// The elements as whole numbers; nil if they are none.
  public var integers: [Int128]? {
    switch type.kind {
    case .bool, .unsigned: (0..<count).map { Int128(bits(at: $0 * type.byteCount, type.byteCount)) }
    case .integer: (0..<count).map { Int128(signed(at: $0 * type.byteCount, type.byteCount)) }
    default: nil
    }
  }

  /// The elements as texts, without the zeros at their ends; nil if they are none.
  public var texts: [String]? {
    switch type.kind {
    case .text:
      return (0..<count).map { index in
        var scalars = String.UnicodeScalarView()
        for offset in stride(from: index * type.byteCount, to: (index + 1) * type.byteCount, by: 4) {
          scalars.append(Unicode.Scalar(UInt32(bits(at: offset, 4))) ?? "\u{FFFD}")
        }
        while scalars.last == "\0" { scalars.removeLast() }
        return String(scalars)
      }
    case .bytes:
      return (0..<count).map { index in
        let element = bytes[index * type.byteCount..<(index + 1) * type.byteCount]
        let end = element.lastIndex { $0 != 0 }.map { $0 + 1 } ?? element.startIndex
        return String(decoding: element[..<end], as: UTF8.self)
      }
    default: return nil
    }
  }

  private func number(at offset: Int, _ size: Int, _ kind: PymodaqDataType.Kind) -> Double {
    let bits = bits(at: offset, size)
    switch (kind, size) {
    case (.real, 2): return Double(Float16(bitPattern: UInt16(bits)))
    case (.real, 4): return Double(Float(bitPattern: UInt32(bits)))
    case (.real, _): return Double(bitPattern: bits)
    case (.integer, _): return Double(signed(at: offset, size))
    default: return Double(bits)
    }
  }

  private func bits(at offset: Int, _ size: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<size { value = value << 8 | UInt64(bytes[offset + (type.isBigEndian ? index : size - 1 - index)]) }
    return value
  }

  private func signed(at offset: Int, _ size: Int) -> Int64 {
    let shift = 64 - 8 * size
    return Int64(bitPattern: bits(at: offset, size) << UInt64(shift)) >> Int64(shift)
  }
}

extension [UInt8] {
  /// Appends a number, its least significant byte first.
  mutating func append(littleEndian value: some FixedWidthInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  /// Appends a length, its most significant byte first.
  mutating func append(length: Int) {
    let value = UInt32(truncatingIfNeeded: length)
    for shift: UInt32 in [24, 16, 8, 0] { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}
