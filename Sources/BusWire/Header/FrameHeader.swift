/// The 24 bytes in front of every payload.
///
/// All numbers are little-endian; the offsets are those of docs/PROTOCOL.md, "Header".
public struct FrameHeader: Equatable, Sendable {
  /// Bytes of a header on the wire.
  @inlinable
  public static var byteCount: Int { 24 }

  /// Where each part lies, for code that reads or patches a header in place.
  public enum Offset {
    /// Of the number of payload bytes.
    @inlinable
    public static var size: Int { 0 }
    /// Type, flags and instance lie side by side: together they decide who receives a frame.
    @inlinable
    public static var route: Int { 4 }
    /// Of the frame id.
    @inlinable
    public static var type: Int { 4 }
    /// Of the flag byte.
    @inlinable
    public static var flags: Int { 6 }
    /// Of the instance.
    @inlinable
    public static var instance: Int { 7 }
    /// Of the sender's id.
    @inlinable
    public static var source: Int { 8 }
    /// Of the sender's count.
    @inlinable
    public static var sequence: Int { 12 }
    /// Of the time of sending.
    @inlinable
    public static var timestamp: Int { 16 }
  }

  /// Bytes of payload that follow.
  public var size: UInt32
  /// Frame id; 0xFF00 and up are the bus's own.
  public var type: UInt16
  /// Request, kept, priority and the other marks.
  public var flags: FrameFlags
  /// Which of several equal devices; 0 by default.
  public var instance: UInt8
  /// Id of the sending module. The manager writes it; what a client puts here is ignored.
  public var source: UInt32
  /// Counts the sender's frames on its connection. A receiver sees gaps, which mean nothing.
  public var sequence: UInt32
  /// Nanoseconds since the Unix epoch, at send.
  public var timestamp: UInt64

  /// A header; the manager fills in `source`.
  @inlinable
  public init(
    size: UInt32, type: UInt16, flags: FrameFlags = FrameFlags().with(.normal), instance: UInt8 = 0,
    source: UInt32 = 0, sequence: UInt32 = 0, timestamp: UInt64 = 0
  ) {
    self.size = size
    self.type = type
    self.flags = flags
    self.instance = instance
    self.source = source
    self.sequence = sequence
    self.timestamp = timestamp
  }

  /// Reads the header at the start of `bytes`, which must hold at least 24 of them.
  @inlinable
  public init(at bytes: UnsafeRawPointer) {
    size = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: Offset.size, as: UInt32.self))
    type = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: Offset.type, as: UInt16.self))
    flags = FrameFlags(rawValue: bytes.load(fromByteOffset: Offset.flags, as: UInt8.self))
    instance = bytes.load(fromByteOffset: Offset.instance, as: UInt8.self)
    source = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: Offset.source, as: UInt32.self))
    sequence = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: Offset.sequence, as: UInt32.self))
    timestamp = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: Offset.timestamp, as: UInt64.self))
  }

  /// Writes the header to the first 24 bytes at `bytes`.
  @inlinable
  public func store(at bytes: UnsafeMutableRawPointer) {
    bytes.storeBytes(of: size.littleEndian, toByteOffset: Offset.size, as: UInt32.self)
    bytes.storeBytes(of: type.littleEndian, toByteOffset: Offset.type, as: UInt16.self)
    bytes.storeBytes(of: flags.rawValue, toByteOffset: Offset.flags, as: UInt8.self)
    bytes.storeBytes(of: instance, toByteOffset: Offset.instance, as: UInt8.self)
    bytes.storeBytes(of: source.littleEndian, toByteOffset: Offset.source, as: UInt32.self)
    bytes.storeBytes(of: sequence.littleEndian, toByteOffset: Offset.sequence, as: UInt32.self)
    bytes.storeBytes(of: timestamp.littleEndian, toByteOffset: Offset.timestamp, as: UInt64.self)
  }

  /// Header and payload together, in bytes.
  @inlinable
  public var frameByteCount: Int { FrameHeader.byteCount &+ Int(size) }
}
