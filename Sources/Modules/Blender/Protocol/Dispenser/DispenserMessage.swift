/// What goes over the line of the Arduino dispenser, at 9600 baud, both ways as `length type payload`; the length counts
/// the type too. The source is PumpControllerPlus.py of AutoBarMaid_back.
public enum DispenserMessage: Equatable, Sendable {
  /// From the board: it serves now, `01 02`.
  case serving
  /// From the board: what it served has ended, `01 63`.
  case ended
  /// From the board: a text for a person, `n 62 …`.
  case text(String)
  /// From the board: a level, `n 01 …`; in which unit is nowhere written.
  case level([UInt8])
  /// From the board: a time that belongs to a level, `03 03 lo hi`.
  case levelTime(UInt16)

  /// The bytes that have the board serve: `03 02 pump seconds`.
  public static func serve(_ pump: Pump, seconds: UInt8) -> [UInt8] { [3, Kind.serve, pump.rawValue, seconds] }

  /// The bytes of a message, as the board sends it.
  public var bytes: [UInt8] {
    switch self {
    case .serving: [1, Kind.serve]
    case .ended: [1, Kind.ended]
    case .text(let text): Self.framed(Kind.text, Array(text.utf8))
    case .level(let level): Self.framed(Kind.level, level)
    case .levelTime(let time): [3, Kind.levelTime, UInt8(truncatingIfNeeded: time), UInt8(time >> 8)]
    }
  }

  private static func framed(_ kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let payload = payload.prefix(254)
    return [UInt8(payload.count + 1), kind] + payload
  }

  /// Whether a message of the board can begin with these two bytes.
  static func canBegin(length: UInt8, kind: UInt8) -> Bool {
    switch kind {
    case Kind.serve, Kind.ended: length == 1
    case Kind.text: length >= 1
    // A number; what is longer is noise.
    case Kind.level: (2...5).contains(length)
    case Kind.levelTime: length == 3
    default: false
    }
  }

  /// The message in a type and its payload that `canBegin` has accepted.
  init(kind: UInt8, payload: ArraySlice<UInt8>) {
    let payload = Array(payload)
    switch kind {
    case Kind.serve: self = .serving
    case Kind.ended: self = .ended
    case Kind.level: self = .level(payload)
    case Kind.levelTime: self = .levelTime(UInt16(payload[0]) | UInt16(payload[1]) << 8)
    default: self = .text(String(decoding: payload, as: UTF8.self))
    }
  }

  private enum Kind {
    static let level: UInt8 = 0x01
    static let serve: UInt8 = 0x02
    static let levelTime: UInt8 = 0x03
    static let text: UInt8 = 0x62
    static let ended: UInt8 = 0x63
  }
}
