/// The flag byte of a header.
public struct FrameFlags: OptionSet, Hashable, Sendable {
  /// The byte on the wire.
  public let rawValue: UInt8

  /// The flags of a byte, whatever its bits mean.
  @inlinable
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Asks for the frame of this type instead of carrying it; the payload is usually empty.
  @inlinable
  public static var request: FrameFlags { FrameFlags(rawValue: 1 << 0) }
  /// A frame that was kept, not a live one: it may be new to a listener or not. The manager sets it, and a sender that
  /// sends again what it sent before, together with `retain`.
  @inlinable
  public static var retained: FrameFlags { FrameFlags(rawValue: 1 << 1) }
  /// Comes from a recording.
  @inlinable
  public static var replayed: FrameFlags { FrameFlags(rawValue: 1 << 4) }
  /// Came from another bus through a bridge.
  @inlinable
  public static var bridged: FrameFlags { FrameFlags(rawValue: 1 << 5) }
  /// The sender asks the manager to keep this frame for late listeners.
  @inlinable
  public static var retain: FrameFlags { FrameFlags(rawValue: 1 << 6) }

  /// Whether a client may set these: the bit without a meaning must be zero, and `retained` stands only beside `retain`.
  @inlinable
  public var areAllowedToClients: Bool {
    rawValue & 0b1000_0000 == 0 && rawValue & 0b0100_0010 != FrameFlags.retained.rawValue
  }

  /// The marks by which a frame needs more than to be passed on.
  @inlinable
  public static var requestOrRetain: FrameFlags { FrameFlags(rawValue: request.rawValue | retain.rawValue) }

  /// The priority in bits 2 and 3.
  @inlinable
  public var priority: Priority {
    Priority(rawValue: (rawValue >> 2) & 3).unsafelyUnwrapped
  }

  /// These flags with another priority.
  @inlinable
  public func with(_ priority: Priority) -> FrameFlags {
    FrameFlags(rawValue: (rawValue & ~0b1100) | (priority.rawValue << 2))
  }
}
