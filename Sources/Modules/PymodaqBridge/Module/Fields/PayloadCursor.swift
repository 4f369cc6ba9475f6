import BusWire

/// Walks through a payload by its fields.
struct PayloadCursor {
  let bytes: [UInt8]
  private(set) var offset = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  /// The next bytes; nil if there are fewer.
  mutating func take(_ count: Int) -> [UInt8]? {
    guard count >= 0, count <= bytes.count - offset else { return nil }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  /// How many elements a field has; those of variable arrays stand before them.
  mutating func count(_ type: FieldList.ValueType) -> Int? {
    switch type.shape {
    case .single: 1
    case .fixed(let count): count
    case .bounded, .unbounded: length()
    }
  }

  private mutating func length() -> Int? {
    take(4).map { $0.reversed().reduce(0) { $0 << 8 | Int($1) } }
  }

  /// Leaves a value out.
  ///
  /// - Returns: false if the payload ends before its end.
  mutating func skip(_ type: FieldList.ValueType) -> Bool {
    guard let count = count(type) else { return false }
    if type.single.isFixedSize {
      let (size, overflow) = count.multipliedReportingOverflow(by: type.elementSizeMin)
      return !overflow && jump(size)
    }
    // An element without bytes would make a count of any size pass.
    guard count <= bytes.count - offset else { return false }
    for _ in 0..<count {
      switch type.element {
      case .string, .bytes: guard let size = length(), jump(size) else { return false }
      case .structure(let fields): guard fields.allSatisfy({ skip($0.type) }) else { return false }
      case .bool, .number: break
      }
    }
    return true
  }

  private mutating func jump(_ count: Int) -> Bool {
    guard count >= 0, count <= bytes.count - offset else { return false }
    offset += count
    return true
  }
}

/// Makes a payload in which one number is of interest.
struct PayloadFiller {
  let value: Double
  let scale: Double
  let others: [String: Double]

  /// A payload without a number of interest; nil if another field cannot be what it shall be.
  static func payload(of frame: FrameType, others: [String: Double]) -> [UInt8]? {
    guard let fields = try? FieldList.parse("\(frame.fields)") else {
      return frame.fields.utf8CodeUnitCount == 0 ? [] : nil
    }
    var bytes: [UInt8] = []
    return PayloadFiller(value: 0, scale: 1, others: others).append(fields, [], to: &bytes) ? bytes : nil
  }

  /// - Parameter path: the indexes of the field of interest in `fields` and the structs in it; empty if it is none of these.
  func append(_ fields: [FieldList.Field], _ path: ArraySlice<Int>, to bytes: inout [UInt8]) -> Bool {
    for (index, field) in fields.enumerated() {
      let isMeant = path.first == index
      if case .structure(let inner) = field.type.element, field.type.shape == .single {
        guard append(inner, isMeant ? path.dropFirst() : [], to: &bytes) else { return false }
      } else if isMeant {
        guard append(value / scale, field.type.element, to: &bytes) else { return false }
      } else if let other = others[field.name], field.type.shape == .single {
        guard append(other / field.scale, field.type.element, to: &bytes) else { return false }
      } else {
        guard append(usual: field, to: &bytes) else { return false }
      }
    }
    return true
  }

  private func append(usual field: FieldList.Field, to bytes: inout [UInt8]) -> Bool {
    if field.type.shape == .single, case .number(let number)? = field.defaultValue {
      return append(number.real, field.type.element, to: &bytes)
    }
    if field.type.shape == .single, case .bool(let value)? = field.defaultValue {
      bytes.append(value ? 1 : 0)
      return true
    }
    // Zeros: a number, false, and the count of what has a variable size.
    bytes += [UInt8](repeating: 0, count: field.type.sizeMin)
    return true
  }

  private func append(_ number: Double, _ element: FieldList.ValueType.Element, to bytes: inout [UInt8]) -> Bool {
    switch element {
    case .bool: bytes.append(number == 0 ? 0 : 1)
    case .number(.float32): append(bits: UInt64(Float(number).bitPattern), 4, to: &bytes)
    case .number(.float64): append(bits: number.bitPattern, 8, to: &bytes)
    case .number(let type):
      guard number.isFinite, let range = type.integers, let whole = Int128(exactly: number.rounded()),
        range.contains(whole)
      else { return false }
      append(bits: UInt64(truncatingIfNeeded: whole), type.byteCount, to: &bytes)
    default: return false
    }
    return true
  }

  private func append(bits: UInt64, _ count: Int, to bytes: inout [UInt8]) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * index))) }
  }
}
