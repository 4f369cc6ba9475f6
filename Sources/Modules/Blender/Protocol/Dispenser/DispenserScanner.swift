/// Finds the board's messages in the bytes that came, whatever is between them.
///
/// There is no check sum: what cannot begin a message is noise, and so is a beginning whose end does not come in time.
public struct DispenserScanner: Sendable {
  /// How long a message may be on its way; the longest takes 267 ms at 9600 baud.
  public static let patience = Duration.milliseconds(500)

  /// Bytes that meant nothing.
  public private(set) var noise: UInt64 = 0
  private var bytes: [UInt8] = []
  private var began = Duration.zero

  /// A scanner at the beginning of a message.
  public init() {}

  /// Forgets what has begun.
  public mutating func reset() { bytes = [] }

  /// When `tick` is due; nil if nothing has begun.
  public var deadline: Duration? { bytes.isEmpty ? nil : began + Self.patience }

  /// Takes bytes that came.
  ///
  /// - Returns: the messages that are whole by them.
  public mutating func receive(_ new: some Sequence<UInt8>, at now: Duration) -> [DispenserMessage] {
    if bytes.isEmpty { began = now }
    bytes += new
    return messages(at: now)
  }

  /// Gives up a beginning whose end has not come in time; a message may have begun within it.
  public mutating func tick(at now: Duration) -> [DispenserMessage] {
    guard let deadline, now >= deadline else { return [] }
    dropFirst(at: now)
    return messages(at: now)
  }

  private mutating func messages(at now: Duration) -> [DispenserMessage] {
    var found: [DispenserMessage] = []
    while bytes.count >= 2 {
      let length = Int(bytes[0])
      guard DispenserMessage.canBegin(length: bytes[0], kind: bytes[1]) else {
        dropFirst(at: now)
        continue
      }
      guard bytes.count > length else { break }
      found.append(DispenserMessage(kind: bytes[1], payload: bytes[2..<length + 1]))
      bytes.removeFirst(length + 1)
      began = now
    }
    return found
  }

  private mutating func dropFirst(at now: Duration) {
    bytes.removeFirst()
    noise += 1
    began = now
  }
}
