/// A command with up to 50 bytes.
public struct EvominFrame: Equatable, Sendable {
  /// The buffers of both libraries end here; the C library receives 49 at most.
  @inlinable
  public static var payloadBytesMax: Int { 50 }
  /// Three start bytes, command, length, a payload with all its stuff bytes, checksum and two end bytes.
  static var wireBytesMax: Int { 5 + payloadBytesMax + (payloadBytesMax - 1) / 2 + 3 }

  /// What it is about.
  public let command: EvominCommand
  /// Its bytes, without stuff bytes.
  public let payload: EvominPayload

  /// A frame without a payload.
  public init(_ command: EvominCommand) {
    self.command = command
    payload = EvominPayload()
  }

  /// A frame with a payload.
  ///
  /// - Throws: `EvominError.tooLong` if the payload has more than 50 bytes.
  @inlinable
  public init(_ command: EvominCommand, _ payload: some Collection<UInt8>) throws(EvominError) {
    guard payload.count <= Self.payloadBytesMax else {
      throw .tooLong(bytes: payload.count, bytesMax: Self.payloadBytesMax)
    }
    self.command = command
    self.payload = try EvominPayload(payload)
  }

  /// A frame that has been received whole.
  init(_ command: EvominCommand, received payload: EvominPayload) {
    self.command = command
    self.payload = payload
  }
}

extension EvominFrame: CustomStringConvertible {
  /// The command, and the payload in hexadecimal.
  public var description: String { payload.isEmpty ? "\(command)" : "\(command) [\(payload)]" }
}
