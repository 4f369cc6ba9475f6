/// What kind of line a transport is, and which end of it.
public enum EvominLine: Equatable, Sendable {
  /// Both ends send when they like.
  case uart(EvominSettings = EvominSettings())
  /// This end clocks every byte, as on SPI.
  case master(EvominSettings = EvominSettings(), style: EvominMasterStyle = .python)
  /// The other end clocks every byte, as on SPI.
  case slave
}

/// Moves bytes for a program that speaks evoMIN itself: a serial line, an SPI driver, or a test.
public protocol EvominTransport {
  /// Says what kind of line this is; asked once.
  func describe() -> EvominLine

  /// Sends a byte. On a UART it goes behind those that have not left yet. A slave loads it to go out with the next byte
  /// of its master.
  ///
  /// - Returns: to a master, the byte that came in meanwhile; otherwise nil.
  mutating func write(_ byte: UInt8) -> UInt8?

  /// The next byte that came in, on a UART or to a slave; nil if there is none. Does not wait.
  mutating func read() -> UInt8?
}
