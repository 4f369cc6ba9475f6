/// The messages of CandyCom: three bytes of ASCII each, with no separator, length or checksum.
///
/// Commands of the host begin with `~`, events of the dispenser with `$` or `%`, answers to either with `@`.
public enum CandyMessage: String, CaseIterable, Sendable {
  /// Host: begin a connection. The firmware looks for it once it has answered the probe.
  case establish = "~ES"
  /// Dispenser: the connection stands.
  case established = "@es"
  /// Host: still here. The firmware resets its board 80 s after the last one.
  case keepAlive = "~RS"
  /// Dispenser: still here too.
  case alive = "@rs"
  /// Host: dispense one candy.
  case dispense = "~ID"
  /// Dispenser: a candy fell. This is the result of a dispense, not its receipt; there is no receipt.
  case dispensed = "@iD"
  /// Dispenser: a hand was in the tray.
  case taken = "$FD"
  /// Host: noted.
  case takenNoted = "@fd"
  /// Host: end the connection. The firmware resets its board.
  case disconnect = "~FL"
  /// Dispenser: the connection ends. The firmware may be gone before this leaves the chip.
  case disconnected = "@fl"
  /// Dispenser: jam or empty. The firmware never sends it.
  case jam = "%JP"
  /// Host: noted.
  case jamNoted = "@jp"
  /// Host: stop the motor and forget a jam. The firmware ignores it.
  case reset = "~QD"
  /// Dispenser: that is done.
  case resetDone = "@qD"
  /// Dispenser, firmware of March 2024 only: taken.
  case marchTaken = "%IR"
  /// Host: noted.
  case marchTakenNoted = "@ir"
  /// Dispenser, firmware of March 2024 only: dispensed, beside `@iD`.
  case marchDispensed = "%MC"
  /// Host: noted.
  case marchDispensedNoted = "@mc"

  /// How long each of them is.
  public static let byteCount = 3

  /// The three bytes.
  public var bytes: [UInt8] { Array(rawValue.utf8) }

  /// Whether only a host sends it.
  public var isCommand: Bool {
    switch self {
    case .establish, .keepAlive, .dispense, .disconnect, .reset: true
    default: false
    }
  }
}

extension CandyMessage {
  private static let byCode = Dictionary(uniqueKeysWithValues: allCases.map { (code($0.bytes), $0) })
  private static let beginnings = Set(allCases.flatMap { [code($0.bytes.prefix(1)), code($0.bytes.prefix(2))] })

  private static func code(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The message with these three bytes in one number, the first one highest.
  static func withCode(_ code: UInt32) -> CandyMessage? { byCode[code] }

  /// Whether one or two bytes in one number begin a message.
  static func canBegin(_ code: UInt32) -> Bool { beginnings.contains(code) }
}
