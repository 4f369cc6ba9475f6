/// What the bus knows of a kind of frame: its number, and where the schema is at hand, its name and fields.
///
/// Two types are equal if their ids are: the id is what travels.
public struct FrameType: Sendable {
  /// The frame id; 0 stands for all frames below 0xFF00, 0xFF00 and up are the bus's own.
  public let id: UInt16
  /// The schema's name, such as `BUTTON_STATE`; empty if only the id is known.
  public let name: StaticString
  /// The canonical field list (docs/PROTOCOL.md, "Field lists"), one line per field.
  public let fields: StaticString
  /// The priority that `send` uses unless told otherwise.
  public let priority: Priority
  /// Whether `send` asks the manager to keep the last value.
  public let retain: Bool

  @inlinable
  public init(
    id: UInt16, name: StaticString = "", fields: StaticString = "", priority: Priority = .normal,
    retain: Bool = false
  ) {
    self.id = id
    self.name = name
    self.fields = fields
    self.priority = priority
    self.retain = retain
  }

  /// Every frame of the modules: all ids below 0xFF00.
  public static let all = FrameType(id: 0, name: "ALL")

  /// The first id that belongs to the bus itself.
  public static let firstBusID: UInt16 = 0xFF00

  /// Whether the id belongs to the bus itself.
  @inlinable
  public var isBusFrame: Bool { id >= FrameType.firstBusID }
}

extension FrameType: Hashable {
  @inlinable
  public static func == (left: FrameType, right: FrameType) -> Bool { left.id == right.id }

  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension FrameType: CustomStringConvertible {
  /// The name where it is known, else the id.
  public var description: String { name.utf8CodeUnitCount > 0 ? "\(name)" : "frame \(id)" }
}
