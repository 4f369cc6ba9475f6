import BusWire

/// One entry of a listen set, for those who need more than "all of this type".
public struct Subscription: Hashable, Sendable {
  /// The type that is listened for; `.all` for every type below 0xFF00.
  public let type: FrameType
  /// Only frames of this instance; nil for all.
  public let instance: UInt8?
  /// Wants frames that carry a value.
  public let values: Bool
  /// Wants frames that ask for a value.
  public let requests: Bool

  /// - Parameters:
  ///   - type: what is listened for; `.all` for every type below 0xFF00.
  ///   - instance: only frames of this one; all by default.
  ///   - values: whether frames that carry a value are wanted.
  ///   - requests: whether frames that ask for a value are wanted.
  public init(_ type: FrameType, instance: UInt8? = nil, values: Bool = true, requests: Bool = true) {
    self.type = type
    self.instance = instance
    self.values = values
    self.requests = requests
  }

  var entry: ListenEntry {
    ListenEntry(
      type: type.id, instance: instance ?? 0, anyInstance: instance == nil, values: values, requests: requests)
  }

  /// Whether a frame with this header is meant.
  func accepts(_ header: FrameHeader) -> Bool {
    (type.id == header.type || (type.id == 0 && header.type < FrameType.firstBusID))
      && (instance == nil || instance == header.instance)
      && (header.flags.contains(.request) ? requests : values)
  }
}
