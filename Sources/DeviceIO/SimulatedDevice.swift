/// A device that exists in memory only: bytes and the time go in, bytes and plugs come out. Times are those of `bus.now`.
public protocol SimulatedDevice {
  /// Whether it takes bytes now. What it does not take waits in the line, and the line holds the sender back; by
  /// `deadline` it takes some again.
  var hasRoom: Bool { get }
  /// The program at the other end of the line has sent bytes.
  mutating func receive(_ bytes: [UInt8], at now: Duration)
  /// When something is due; nil if nothing is.
  var deadline: Duration? { get }
  /// The next thing that has happened to the line by now, in order; nil if there is none.
  mutating func nextLineEvent(at now: Duration) -> SimulatedLineEvent?
}

extension SimulatedDevice {
  /// Always, unless the device says otherwise.
  public var hasRoom: Bool { true }
}

/// What a simulated device does to its line.
public enum SimulatedLineEvent: Equatable, Sendable {
  /// It sends these.
  case bytes([UInt8])
  /// The line vanishes, as when a plug is pulled or a board resets.
  case unplugged
  /// The line is there again.
  case plugged
}
