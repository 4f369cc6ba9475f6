/// The bytes that mean something on the line.
enum EvominByte {
  /// Three of them start a frame.
  static let start: UInt8 = 0xAA
  /// Ends a frame: once on a UART, twice in an exchange between a master and a slave.
  static let end: UInt8 = 0x55
  /// Stands behind two `start` bytes of a payload if the payload goes on.
  static let stuff: UInt8 = 0x55
  static let acknowledge: UInt8 = 0xFF
  static let refuse: UInt8 = 0xFE
  /// A master sends it to get a byte of the reply.
  static let dummy: UInt8 = 0xF0

  static let startBytes = 3
}
