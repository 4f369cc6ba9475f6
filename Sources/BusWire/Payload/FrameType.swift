/// What the bus knows of a kind of frame: its number, and where the schema is at hand, its name and fields.
///
/// Two types are equal if their ids are: the id is what travels.
public struct FrameType: Sendable {
  /// The frame id; 0 means all frames below 0xFF00, and 0xFF00 and up are the bus's own.
  public let id: UInt16
  /// The schema's name, such as `BUTTON_STATE`; empty if only the id is known.
  public let name: StaticString
  /// The canonical field list (docs/PROTOCOL.md, "Field lists"), one line per field.
  public let fields: StaticString
  /// The priority that `send` uses by default.
  public let priority: Priority
  /// How many of its last frames are kept per sender and instance, for those who listen later; 0 for none.
  public let retain: Int
  /// The frames that come of it, in the form of `JobFrames.text`; empty if it is no job. It is
  /// static text because every send copies this value, and a reference would be counted.
  @usableFromInline let jobText: StaticString

  /// A kind of frame.
  ///
  /// - Parameters:
  ///   - id: the frame id.
  ///   - name: the schema's name.
  ///   - fields: the canonical field list.
  ///   - priority: what `send` uses by default.
  ///   - retain: how many of its last frames are kept per sender and instance, 0 to 1,024.
  ///   - job: the frames that come of a command, as `JobFrames.text` writes them.
  @inlinable
  public init(
    id: UInt16, name: StaticString = "", fields: StaticString = "", priority: Priority = .normal, retain: Int = 0,
    job: StaticString = ""
  ) {
    self.id = id
    self.name = name
    self.fields = fields
    self.priority = priority
    self.retain = retain
    jobText = job
  }

  /// The frames that come of it, if it is a command that is a job.
  public var job: JobFrames? {
    jobText.utf8CodeUnitCount > 0 ? try? JobFrames(text: "\(jobText)") : nil
  }

  /// What a declaration says of it beside its fields.
  public var properties: FrameProperties { FrameProperties(priority: priority, retain: retain, job: job) }

  /// Every frame of the modules: all ids below 0xFF00.
  public static let all = FrameType(id: 0, name: "ALL")

  /// The flags of a value, as its schema says.
  @inlinable
  public var valueFlags: FrameFlags { (retain > 0 ? FrameFlags.retain : []).with(priority) }

  /// The first id that belongs to the bus itself.
  @inlinable
  public static var firstBusID: UInt16 { 0xFF00 }

  /// Whether the id belongs to the bus itself.
  @inlinable
  public var isBusFrame: Bool { id >= FrameType.firstBusID }
}

extension FrameType: Hashable {
  /// Whether the ids are equal.
  @inlinable
  public static func == (left: FrameType, right: FrameType) -> Bool { left.id == right.id }

  /// Hashes the id.
  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension FrameType: CustomStringConvertible {
  /// The name where it is known, else the id.
  public var description: String { name.utf8CodeUnitCount > 0 ? "\(name)" : "frame \(id)" }
}
