/// Who is at the other end of a UART, as far as it matters.
public enum EvominPeer: String, CaseIterable, Sendable {
  /// Nobody knows: what is sent suits all of them.
  case any
  /// The C library.
  case c
  /// The Python library.
  case python
  /// This library.
  case framebus

  /// The longest payload that it can receive, in bytes: the C library stops one short of its buffer.
  public var payloadBytesMax: Int {
    switch self {
    case .any, .c: 49
    case .python, .framebus: 50
    }
  }

  /// Whether it loses the first byte of a frame that comes after a payload ending in a pair of AA.
  var losesByteAfterPair: Bool { self == .any || self == .c }
}
