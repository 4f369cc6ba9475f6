import BusSchema

/// The factor between the stored numbers of a field and its unit, as a fraction: 35 steps of 1/100 are 0.35.
public struct FieldScale: Equatable, Sendable {
  @usableFromInline let numerator: Double
  @usableFromInline let denominator: Double

  /// A scale of `numerator` / `denominator`, both above 0.
  @inlinable
  public init(_ numerator: Double, over denominator: Double = 1) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The value in the field's unit.
  @inlinable
  public func physical(_ steps: Double) -> Double { steps * numerator / denominator }

  /// How many steps a value in the field's unit is, with a fraction.
  @inlinable
  public func steps(_ physical: Double) -> Double { physical * denominator / numerator }
}

/// A number that a field with a scale can be stored as.
public protocol ScaledScalar: PayloadScalar, Comparable {
  /// The numbers that can be stored, without the infinite ones.
  static var storable: ClosedRange<Self> { get }
  /// The nearest number that can be stored; nil if there is none near, or `steps` is not a number.
  init?(nearest steps: Double)
  /// The number as a floating-point number.
  var steps: Double { get }
}

extension ScaledScalar where Self: FixedWidthInteger {
  /// The numbers that can be stored, without the infinite ones.
  @inlinable
  public static var storable: ClosedRange<Self> { .min ... .max }
  /// The nearest number that can be stored; nil if there is none near.
  @inlinable
  public init?(nearest steps: Double) { self.init(exactly: steps.rounded()) }
  /// The number as a floating-point number.
  @inlinable
  public var steps: Double { Double(self) }
}

extension ScaledScalar where Self: BinaryFloatingPoint {
  /// The numbers that can be stored, without the infinite ones.
  @inlinable
  public static var storable: ClosedRange<Self> { -.greatestFiniteMagnitude ... .greatestFiniteMagnitude }
  /// The nearest number that can be stored; nil if there is none near.
  @inlinable
  public init?(nearest steps: Double) {
    self.init(steps)
    if isInfinite, steps.isFinite { return nil }
  }
  /// The number as a floating-point number.
  @inlinable
  public var steps: Double { Double(self) }
}

extension Int8: ScaledScalar {}
extension Int16: ScaledScalar {}
extension Int32: ScaledScalar {}
extension Int64: ScaledScalar {}
extension UInt8: ScaledScalar {}
extension UInt16: ScaledScalar {}
extension UInt32: ScaledScalar {}
extension UInt64: ScaledScalar {}
extension Float: ScaledScalar {}
extension Double: ScaledScalar {}

/// What a field with a scale is stored as: one number, or an array of them.
public protocol ScaledStorage: Equatable, Sendable {
  /// The number that is stored.
  associatedtype Step: ScaledScalar
  /// The same in the field's unit: a `Double`, or an array of them.
  associatedtype Physical: Equatable, Sendable

  /// The bytes in a payload.
  var encodedSize: Int { get }
  /// The stored form of values in the field's unit.
  init(_ physical: Physical, _ convert: (Double) -> Step)
  /// The values in the field's unit.
  func physical(_ convert: (Step) -> Double) -> Physical
  /// The first stored number that fits a condition.
  func firstStep(where condition: (Step) -> Bool) -> Step?
  /// The first value in the field's unit that fits a condition.
  static func first(of physical: Physical, where condition: (Double) -> Bool) -> Double?
}

extension ScaledScalar {
  /// The stored form of a value in the field's unit.
  @inlinable
  public init(_ physical: Double, _ convert: (Double) -> Self) { self = convert(physical) }
  /// The value in the field's unit.
  @inlinable
  public func physical(_ convert: (Self) -> Double) -> Double { convert(self) }
  /// The first stored number that fits a condition.
  @inlinable
  public func firstStep(where condition: (Self) -> Bool) -> Self? { condition(self) ? self : nil }
  /// The first value in the field's unit that fits a condition.
  @inlinable
  public static func first(of physical: Double, where condition: (Double) -> Bool) -> Double? {
    condition(physical) ? physical : nil
  }
}

extension Int8: ScaledStorage {}
extension Int16: ScaledStorage {}
extension Int32: ScaledStorage {}
extension Int64: ScaledStorage {}
extension UInt8: ScaledStorage {}
extension UInt16: ScaledStorage {}
extension UInt32: ScaledStorage {}
extension UInt64: ScaledStorage {}
extension Float: ScaledStorage {}
extension Double: ScaledStorage {}

extension Array: ScaledStorage where Element: ScaledScalar {
  /// The number that is stored.
  public typealias Step = Element
  /// The same in the field's unit.
  public typealias Physical = [Double]

  /// The first stored number that fits a condition.
  @inlinable
  public func firstStep(where condition: (Element) -> Bool) -> Element? { first(where: condition) }
  /// The stored form of values in the field's unit.
  @inlinable
  public init(_ physical: [Double], _ convert: (Double) -> Element) { self = physical.map(convert) }
  /// The values in the field's unit.
  @inlinable
  public func physical(_ convert: (Element) -> Double) -> [Double] { map(convert) }
  /// The first value in the field's unit that fits a condition.
  @inlinable
  public static func first(of physical: [Double], where condition: (Double) -> Bool) -> Double? {
    physical.first(where: condition)
  }
}

extension FixedArray: ScaledStorage where Element: ScaledScalar {
  /// The number that is stored.
  public typealias Step = Element
  /// The same in the field's unit.
  public typealias Physical = FixedArray<size, Double>

  /// The first stored number that fits a condition.
  @inlinable
  public func firstStep(where condition: (Element) -> Bool) -> Element? { first(where: condition) }
  /// The stored form of values in the field's unit.
  @inlinable
  public init(_ physical: FixedArray<size, Double>, _ convert: (Double) -> Element) {
    elements = InlineArray { convert(physical[$0]) }
  }

  /// The values in the field's unit.
  @inlinable
  public func physical(_ convert: (Element) -> Double) -> FixedArray<size, Double> {
    FixedArray<size, Double>(InlineArray { convert(self[$0]) })
  }

  /// The first value in the field's unit that fits a condition.
  @inlinable
  public static func first(
    of physical: FixedArray<size, Double>, where condition: (Double) -> Bool
  ) -> Double? {
    physical.first(where: condition)
  }
}

/// The value of a field with a scale: stored numbers, or values that cannot be stored.
///
/// The latter are kept as they are, until encoding refuses them by their field's name.
public enum ScaledValue<Stored: ScaledStorage>: Equatable, Sendable {
  /// Whole numbers of steps, or floating-point numbers.
  case stored(Stored)
  /// Not a number, or beyond the stored type.
  case unstorable(Stored.Physical)

  /// Values in the field's unit, each rounded to the nearest step.
  @inlinable
  public init(_ physical: Stored.Physical, _ scale: FieldScale) {
    let isUnstorable = { (value: Double) in Stored.Step(nearest: scale.steps(value)) == nil }
    if Stored.first(of: physical, where: isUnstorable) == nil {
      self = .stored(Stored(physical) { Stored.Step(nearest: scale.steps($0)) ?? Stored.Step.storable.lowerBound })
    } else {
      self = .unstorable(physical)
    }
  }

  /// The values in the field's unit.
  @inlinable
  public func physical(_ scale: FieldScale) -> Stored.Physical {
    switch self {
    case .stored(let stored): stored.physical { scale.physical($0.steps) }
    case .unstorable(let physical): physical
    }
  }

  /// The stored numbers; for a value that cannot be stored the nearest there is, and for not-a-number the least.
  @inlinable
  public func clamped(_ scale: FieldScale) -> Stored {
    switch self {
    case .stored(let stored): stored
    case .unstorable(let physical):
      Stored(physical) { value in
        let steps = scale.steps(value)
        let storable = Stored.Step.storable
        return Stored.Step(nearest: steps) ?? (steps > 0 ? storable.upperBound : storable.lowerBound)
      }
    }
  }

  /// The bytes in a payload.
  @inlinable
  public func encodedSize(_ scale: FieldScale) -> Int { clamped(scale).encodedSize }

  /// The stored numbers, for encoding.
  ///
  /// - Parameters:
  ///   - range: what the schema allows, as stored numbers; nil for everything.
  ///   - unit: the schema's, for the error.
  ///   - field: the schema's name of the field, for the error.
  /// - Throws: `CodecError` in the field's unit if a value is outside of the range, or cannot be stored.
  @inlinable
  public func encodable(
    in range: ClosedRange<Stored.Step>? = nil, _ scale: FieldScale, unit: StaticString = "", field: StaticString
  ) throws(CodecError) -> Stored {
    switch self {
    case .stored(let stored):
      if let range, let outside = stored.firstStep(where: { !range.contains($0) }) {
        throw refusal(of: scale.physical(outside.steps), range, scale, unit, field)
      }
      return stored
    case .unstorable(let physical):
      let outside = Stored.first(of: physical) { Stored.Step(nearest: scale.steps($0)) == nil } ?? .nan
      throw refusal(of: outside, range ?? Stored.Step.storable, scale, unit, field)
    }
  }

  @usableFromInline
  func refusal(
    of value: Double, _ range: ClosedRange<Stored.Step>, _ scale: FieldScale, _ unit: StaticString,
    _ field: StaticString
  ) -> CodecError {
    let least = scale.physical(range.lowerBound.steps).shortestText
    let greatest = scale.physical(range.upperBound.steps).shortestText
    let suffix = unit.utf8CodeUnitCount > 0 ? " \(unit)" : ""
    return .outOfRange(field: "\(field)", value: value.shortestText, range: "\(least) to \(greatest)\(suffix)")
  }
}
