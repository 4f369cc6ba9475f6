/// One of the eight pumps of a blender.
public struct Pump: RawRepresentable, Hashable, Comparable, CaseIterable, Sendable {
  /// How many there are.
  public static let count = 8
  /// All of them, in order.
  public static let allCases = (0..<UInt8(count)).map { Pump(unchecked: $0) }

  /// 0 to 7, as in every message of the AutoBarMaid protocol.
  public let rawValue: UInt8

  /// The pump with this number; nil above 7.
  public init?(rawValue: UInt8) {
    guard rawValue < Self.count else { return nil }
    self.rawValue = rawValue
  }

  private init(unchecked rawValue: UInt8) { self.rawValue = rawValue }

  /// Its place in an array of what belongs to each pump.
  public var index: Int { Int(rawValue) }

  /// Whether `left` has the lower number.
  public static func < (left: Pump, right: Pump) -> Bool { left.rawValue < right.rawValue }
}

extension Pump: CustomStringConvertible {
  /// Its number.
  public var description: String { "\(rawValue)" }
}

/// Some of the eight pumps.
public struct PumpSet: OptionSet, Hashable, Sendable {
  /// One bit for each pump, pump 0 in the lowest.
  public let rawValue: UInt8

  /// - Parameter rawValue: one bit for each pump, pump 0 in the lowest.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// One pump alone.
  public init(_ pump: Pump) { rawValue = 1 << pump.rawValue }

  /// All eight.
  public static let all = PumpSet(rawValue: .max)

  /// Whether the pump is one of them.
  public func contains(_ pump: Pump) -> Bool { contains(PumpSet(pump)) }

  /// The pumps, in order.
  public var pumps: [Pump] { Pump.allCases.filter { contains($0) } }
}
