/// What a schema says of a frame type beside its fields: how it is sent, how much of it is kept, and what comes of it.
public struct FrameProperties: Equatable, Sendable {
  /// The priority that its senders use by default.
  public var priority: Priority
  /// How many of its frames are kept per sender and instance, 0 to `retainMax`; 0 keeps none.
  public var retain: Int
  /// The frames that come of it if it is a command with an outcome.
  public var job: JobFrames?

  /// The deepest history of a frame type.
  public static let retainMax = 1024

  /// The properties of a frame type; the defaults are those of one whose schema says nothing about them.
  public init(priority: Priority = .normal, retain: Int = 0, job: JobFrames? = nil) {
    self.priority = priority
    self.retain = retain
    self.job = job
  }

  /// Reads the properties as DECLARE and SCHEMA carry them (docs/PROTOCOL.md).
  ///
  /// - Throws: `ParseError` that names the one that means nothing.
  public init(priority: UInt8, retain: UInt16, job: String) throws(ParseError) {
    guard let known = Priority(rawValue: priority) else {
      throw ParseError(description: "priority \(priority) means nothing; it is 0 (high) to 3 (data stream)")
    }
    guard retain <= Self.retainMax else {
      throw ParseError(description: "retain \(retain) is over the limit of \(Self.retainMax) frames")
    }
    self.init(priority: known, retain: Int(retain))
    guard !job.isEmpty else { return }
    do throws(JobFrames.ParseError) {
      self.job = try JobFrames(text: job)
    } catch {
      throw ParseError(description: "\(error)")
    }
  }

  /// A property that means nothing.
  public struct ParseError: Error, CustomStringConvertible {
    /// Which one, and what it may be.
    public let description: String
  }
}

extension Declare {
  /// What is declared of the type beside its fields.
  ///
  /// - Throws: `FrameProperties.ParseError` that names the one that means nothing.
  public var properties: FrameProperties {
    get throws(FrameProperties.ParseError) { try FrameProperties(priority: priority, retain: retain, job: job) }
  }

  /// Declares a type whose properties are known already; its fingerprint is computed from the field list.
  public init(
    type: UInt16, name: String, sends: Bool, listens: Bool, fields: String, properties: FrameProperties
  ) {
    self.init(
      type: type, name: name, sends: sends, listens: listens, fields: fields,
      fingerprint: FieldList.fingerprint(fields), priority: properties.priority.rawValue,
      retain: UInt16(clamping: properties.retain), job: properties.job?.text ?? "")
  }
}

extension Schema {
  /// What is declared of the type beside its fields.
  ///
  /// - Throws: `FrameProperties.ParseError` that names the one that means nothing.
  public var properties: FrameProperties {
    get throws(FrameProperties.ParseError) { try FrameProperties(priority: priority, retain: retain, job: job) }
  }
}
