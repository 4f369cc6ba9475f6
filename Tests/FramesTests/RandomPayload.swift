import TestSupport

/// Builds payloads that fit a schema, with random values.
struct RandomPayload {
  private(set) var bytes: [UInt8] = []

  init(_ fields: [PayloadShape], using random: inout SeededRandom) {
    for field in fields { append(field, &random) }
  }

  private mutating func append(_ shape: PayloadShape, _ random: inout SeededRandom) {
    switch shape {
    case .scalar(let type, let min, let max):
      append(scalar: type, min: min, max: max, &random)
    case .text(let bound):
      append(counted: text(bytesMax: bound ?? 40, &random))
    case .bytes(let bound):
      let count = Int.random(in: 0...Swift.min(bound ?? 40, 40), using: &random)
      append(counted: (0..<count).map { _ in .random(in: .min ... .max, using: &random) })
    case .structure(let fields):
      for field in fields { append(field, &random) }
    case .fixed(let element, let count):
      for _ in 0..<count { append(element, &random) }
    case .array(let element, let bound):
      let count = Int.random(in: 0...Swift.min(bound ?? 6, 60), using: &random)
      append(UInt32(count))
      for _ in 0..<count { append(element, &random) }
    }
  }

  private mutating func append(scalar type: String, min: Double?, max: Double?, _ random: inout SeededRandom) {
    switch type {
    case "bool": append(UInt8.random(in: 0...1, using: &random))
    case "int8": append(integer(Int8.self, min, max, &random))
    case "int16": append(integer(Int16.self, min, max, &random))
    case "int32": append(integer(Int32.self, min, max, &random))
    case "int64": append(integer(Int64.self, min, max, &random))
    case "uint8": append(integer(UInt8.self, min, max, &random))
    case "uint16": append(integer(UInt16.self, min, max, &random))
    case "uint32": append(integer(UInt32.self, min, max, &random))
    case "uint64": append(integer(UInt64.self, min, max, &random))
    case "float32": append(Float.random(in: Float(min ?? -1e9)...Float(max ?? 1e9), using: &random).bitPattern)
    case "float64": append(Double.random(in: (min ?? -1e9)...(max ?? 1e9), using: &random).bitPattern)
    default: preconditionFailure("no such type in a field list: \(type)")
    }
  }

  /// The ends of the range as often as all that is between them.
  private func integer<Integer: FixedWidthInteger>(
    _ type: Integer.Type, _ min: Double?, _ max: Double?, _ random: inout SeededRandom
  ) -> Integer {
    let least = min.map { Integer($0) } ?? .min
    let greatest = max.map { Integer($0) } ?? .max
    return switch UInt8.random(in: 0...3, using: &random) {
    case 0: least
    case 1: greatest
    default: .random(in: least...greatest, using: &random)
    }
  }

  private func text(bytesMax: Int, _ random: inout SeededRandom) -> [UInt8] {
    var text: [UInt8] = []
    for _ in 0..<Int.random(in: 0...12, using: &random) {
      let character = Array(["a", "Z", " ", "\0", "é", "☺", "🤖", "\n"].randomElement(using: &random)!.utf8)
      if text.count + character.count <= bytesMax { text += character }
    }
    return text
  }

  private mutating func append(counted content: [UInt8]) {
    append(UInt32(content.count))
    bytes += content
  }

  private mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}
