/// What a frame asks for or reports: any byte.
///
/// An application adds its own:
///
///     extension EvominCommand { static let lightOn: EvominCommand = 0xA0 }
public struct EvominCommand: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The byte on the wire.
  public let rawValue: UInt8

  /// The command with this byte.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The command with this byte.
  public init(integerLiteral value: UInt8) {
    rawValue = value
  }

  /// The protocol's own, without a use.
  public static let reserved: EvominCommand = 0x00
  /// The protocol's own: the sender says who it is.
  public static let sendIDN: EvominCommand = 0xCD
}

extension EvominCommand: CustomStringConvertible {
  /// Two hexadecimal digits: `0xCD`.
  public var description: String {
    "0x" + (rawValue < 16 ? "0" : "") + String(rawValue, radix: 16, uppercase: true)
  }
}
