import BusWire
import TestSupport

@testable import framebus

extension DynamicValue {
  /// A random value that a field may hold.
  static func random(_ field: FieldList.Field, _ random: inout SeededRandom) -> DynamicValue {
    switch field.type.shape {
    case .single: element(field, &random)
    case .fixed(let count): .array((0..<count).map { _ in element(field, &random) })
    case .bounded(let bound): array(of: field, countMax: min(bound, 40), &random)
    case .unbounded: array(of: field, countMax: 6, &random)
    }
  }

  private static func array(
    of field: FieldList.Field, countMax: Int, _ random: inout SeededRandom
  ) -> DynamicValue {
    .array((0..<Int.random(in: 0...countMax, using: &random)).map { _ in element(field, &random) })
  }

  private static func element(_ field: FieldList.Field, _ random: inout SeededRandom) -> DynamicValue {
    switch field.type.element {
    case .bool: return .bool(.random(using: &random))
    case .number(.float32): return .float32(Float(real(field, &random)))
    case .number(.float64): return .float64(real(field, &random))
    case .number(let type): return .integer(integer(field, type, &random))
    case .string(let bound):
      let letters = (0..<min(bound ?? 12, 12)).map { _ in ["a", "\0", "\"", "z", "\n"].randomElement(using: &random)! }
      return .text(letters.joined())
    case .bytes(let bound):
      return .bytes((0..<min(bound ?? 9, 9)).map { _ in .random(in: .min ... .max, using: &random) })
    case .structure(let fields): return .structure(fields.map { self.random($0, &random) })
    }
  }

  private static func integer(
    _ field: FieldList.Field, _ type: NumberType, _ random: inout SeededRandom
  ) -> Int128 {
    var least = type.integers!.lowerBound
    var greatest = type.integers!.upperBound
    if case .integer(let min) = field.min { least = min }
    if case .integer(let max) = field.max { greatest = max }
    let ends = [least, greatest]
    return Bool.random(using: &random)
      ? ends.randomElement(using: &random)! : .random(in: least...greatest, using: &random)
  }

  private static func real(_ field: FieldList.Field, _ random: inout SeededRandom) -> Double {
    var least = -1e9
    var greatest = 1e9
    if case .real(let min) = field.min { least = min }
    if case .real(let max) = field.max { greatest = max }
    return .random(in: least...greatest, using: &random)
  }
}
