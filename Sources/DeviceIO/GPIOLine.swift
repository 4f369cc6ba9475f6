/// A line of a GPIO chip, by one of the names that people have for it.
///
/// Written as `17`, which is the chip's own offset, `BCM17` or `BOARD11`.
public enum GPIOLine: Hashable, Sendable {
  /// As the chip counts, from 0.
  case offset(UInt32)
  /// As Broadcom counts, which is how a Raspberry Pi's own chip counts too.
  case bcm(UInt32)
  /// A pin of the 40-pin header of a Raspberry Pi, 1 to 40.
  case board(UInt32)

  /// Why a text names no line.
  public struct ParseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong with it, and what a line looks like.
    public let description: String
  }

  /// Parses the name of a line.
  ///
  /// - Throws: `ParseError` that says what a line looks like, or that a pin of the header is none.
  public init(_ text: String) throws(ParseError) {
    let word = text.prefix { !$0.isNumber }
    guard let number = UInt32(text.dropFirst(word.count)) else { throw Self.meaningless(text) }
    switch word.uppercased() {
    case "": self = .offset(number)
    case "BCM", "GPIO": self = .bcm(number)
    case "BOARD":
      guard Self.header[number] != nil else {
        throw ParseError(description: "pin \(number) of the header is no GPIO line; those are \(Self.headerPins)")
      }
      self = .board(number)
    default: throw Self.meaningless(text)
    }
  }

  /// Its offset on a chip; nil for a pin of the header that is no line.
  public var offset: UInt32? {
    switch self {
    case .offset(let number), .bcm(let number): number
    case .board(let pin): Self.header[pin]
    }
  }

  private static func meaningless(_ text: String) -> ParseError {
    ParseError(description: "'\(text)' is no line; write 17 for an offset of the chip, BCM17, or BOARD11")
  }

  private static var headerPins: String { header.keys.sorted().map { "\($0)" }.joined(separator: ", ") }

  /// Which line is at which pin of the header; the others are power and ground. It is the same on every Raspberry Pi
  /// with 40 pins (raspberrypi.com/documentation: GPIO and the 40-pin header).
  private static let header: [UInt32: UInt32] = [
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11,
    24: 8, 26: 7, 27: 0, 28: 1, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
  ]
}

extension GPIOLine: CustomStringConvertible {
  /// As it is written.
  public var description: String {
    switch self {
    case .offset(let number): "\(number)"
    case .bcm(let number): "BCM\(number)"
    case .board(let pin): "BOARD\(pin)"
    }
  }
}
