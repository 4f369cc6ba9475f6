/// How a link talks. Times are nanoseconds.
public struct EvominSettings: Equatable, Sendable {
  /// Who is at the other end.
  public var peer: EvominPeer
  /// A longer payload is refused by `send`; at most 50 bytes.
  public var payloadBytesMax: Int
  /// This many frames may wait, the one that waits for its acknowledgement among them.
  public var queueFramesMax = 8
  /// A frame is sent this many times before it is given up.
  public var attemptsMax = 3
  /// How long to wait for an acknowledgement; up to half as much is added at random, so that two peers whose frames
  /// collided do not collide again.
  public var retryNanoseconds: UInt64 = 1_000_000_000
  /// Silence this long ends a frame that is arriving; 20 ms do on an ordinary UART.
  public var gapNanoseconds = EvominReceiver.virtualPortGapNanoseconds
  /// How long one byte takes on the line; 0 if it is not known or short.
  public var byteNanoseconds: UInt64 = 0
  /// A frame that cannot be sent for this long, because something is always arriving, is given up.
  public var busyNanosecondsMax: UInt64 = 3_000_000_000
  /// A frame identical to one that came at most this long ago is marked as a duplicate. The C library sends every
  /// acknowledged frame again after 3 s, the Python library after 1 s if it missed the acknowledgement.
  public var duplicateNanoseconds: UInt64 = 4_500_000_000
  /// Whether duplicates are only counted, and not delivered.
  public var dropsDuplicates = false

  /// - Parameter peer: decides the longest payload.
  public init(peer: EvominPeer = .any) {
    self.peer = peer
    payloadBytesMax = peer.payloadBytesMax
  }

  /// Fits the times to an ordinary UART, 10 bits per byte.
  public mutating func setTimes(baud: Int) {
    byteNanoseconds = 10_000_000_000 / UInt64(max(baud, 1))
    gapNanoseconds = max(EvominReceiver.gapNanosecondsMin, 8 * byteNanoseconds)
  }
}
