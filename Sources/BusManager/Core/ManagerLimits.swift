/// The limits that a manager keeps. All are settings.
public struct ManagerLimits: Equatable, Sendable {
  /// The largest payload of a frame.
  public var payloadBytesMax = 4 << 20
  /// What may wait for one receiver in one of its queues; a single larger frame may wait alone.
  public var queueBytesMax = 1 << 20
  /// What may wait in the whole manager.
  public var queuesBytesMax = 64 << 20
  /// Last values that are kept for late listeners, of all modules together.
  public var retainedBytesMax = 16 << 20
  /// Connections at a time.
  public var sessionsMax = 4096
  /// Different frame types with a field list.
  public var declarationsMax = 1024
  /// All their field lists together.
  public var declarationsBytesMax = 4 << 20
  /// How long a connection may take to say HELLO.
  public var helloNanoseconds: UInt64 = 5_000_000_000
  /// How long a connection that is being cut may take to read its GOODBYE.
  public var farewellNanoseconds: UInt64 = 1_000_000_000
  /// How long the receivers may take to read what waits for them when the manager shuts down.
  public var shutdownNanoseconds: UInt64 = 2_000_000_000

  /// The usual limits.
  public init() {}

  /// The largest payload of one of the bus's own frames: a DECLARE with a field list of 64 KiB fits.
  static let busPayloadBytesMax = 128 << 10
}
