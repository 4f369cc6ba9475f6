/// The frames that belong to a command whose outcome is awaited, by their ids.
public struct JobFrames: Equatable, Hashable, Sendable {
  /// The frame that ends the job, whatever came of it.
  public let outcome: UInt16
  /// The frame that says that the command was accepted; nil if there is none.
  public let accepted: UInt16?
  /// The command that ends the job early; nil if it cannot be ended.
  public let cancel: UInt16?
  /// The frames that say how far it is.
  public let progress: [UInt16]

  /// The frames of a job; all ids are those of modules' frames, 1 to 65279.
  public init(outcome: UInt16, accepted: UInt16? = nil, cancel: UInt16? = nil, progress: [UInt16] = []) {
    self.outcome = outcome
    self.accepted = accepted
    self.cancel = cancel
    self.progress = progress
  }

  /// Reads the form that travels in DECLARE and SCHEMA (docs/PROTOCOL.md, "Jobs").
  ///
  /// - Throws: `ParseError` if the text is not exactly what `text` would write.
  public init(text: String) throws(ParseError) {
    var ids: [Substring: [UInt16]] = [:]
    for part in text.split(separator: " ", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      ids[sides[0]] = sides.last?.split(separator: ",").map { UInt16($0) ?? 0 }
    }
    guard let outcome = ids["outcome"]?.first else { throw ParseError() }
    self.init(
      outcome: outcome, accepted: ids["accepted"]?.first, cancel: ids["cancel"]?.first, progress: ids["progress"] ?? [])
    let isComplete = ids.values.joined().allSatisfy { (1..<FrameType.firstBusID).contains($0) }
    guard isComplete, self.text == text else { throw ParseError() }
  }

  /// The form that travels: only what is there, in this order, such as `outcome=70 accepted=65 cancel=69 progress=66,67`.
  public var text: String {
    var parts = ["outcome=\(outcome)"]
    if let accepted { parts.append("accepted=\(accepted)") }
    if let cancel { parts.append("cancel=\(cancel)") }
    if !progress.isEmpty { parts.append("progress=" + progress.map { "\($0)" }.joined(separator: ",")) }
    return parts.joined(separator: " ")
  }

  /// A text that names no job.
  public struct ParseError: Error, CustomStringConvertible {
    /// What such a text looks like.
    public var description: String {
      "a job is written 'outcome=ID accepted=ID cancel=ID progress=ID,ID' in this order, with at least its outcome and ids of 1 to 65279"
    }
  }
}
