import EvominBridgeProtocol

/// The evoMIN library that a device runs: bytes in, bytes and frames out. Times are monotonic nanoseconds.
protocol Firmware: Sendable {
  mutating func receive(_ byte: UInt8, at now: UInt64)
  /// Sends what is due.
  mutating func poll(at now: UInt64)
  /// Takes a frame to send.
  ///
  /// - Returns: whether it did; the libraries lose it or hang when their queue is full.
  mutating func send(_ frame: EvominFrame, at now: UInt64) -> Bool
  /// When `poll` has something to do.
  var deadline: UInt64? { get }
  /// Whether it does nothing more until it is started again.
  var isHung: Bool { get }
  /// What has come out; nil when nothing is left.
  mutating func nextEvent() -> FirmwareEvent?
}

extension Firmware {
  var isHung: Bool { false }
}
