/// Why bytes are not, or not yet, what they should be.
public enum PymodaqError: Error, Equatable, Sendable, CustomStringConvertible {
  /// They may become it: this many are needed, from the first one on, before it is worth to look again.
  case incomplete(bytes: Int)
  /// They mean nothing, and there is no way to find where the next message begins.
  case malformed(String)
  /// They announce more than is read here.
  case tooLarge(String)

  /// What is wrong, for a person.
  public var description: String {
    switch self {
    case .incomplete(let bytes): "the message has not arrived completely: \(bytes) bytes are needed"
    case .malformed(let reason): reason
    case .tooLarge(let reason): reason
    }
  }
}

/// What is read at most. Lengths on the wire are 32 bits wide and trusted by PyMoDAQ; here they are not.
public struct PymodaqLimits: Equatable, Sendable {
  /// Bytes of a text: a name, a label, a unit.
  public var textBytesMax = 64 << 10
  /// Bytes of a tree of settings.
  public var settingsBytesMax = 4 << 20
  /// Bytes of one message with all of its arrays.
  public var messageBytesMax = 16 << 20
  /// Elements of a list.
  public var itemsMax = 4096
  /// Dimensions of an array.
  public var dimensionsMax = 8
  /// How deep lists and objects lie in each other.
  public var depthMax = 8

  /// The usual ones.
  public init() {}
}
