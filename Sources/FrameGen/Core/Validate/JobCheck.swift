import BusSchema
import YAMLText

/// Checks that the frames of jobs exist and have the fields that make them frames of a job.
struct JobCheck {
  private let frames: [String: FrameDeclaration]
  /// Whether all files of the schema could be read; if not, an unknown frame may be declared in one of them.
  private let isComplete: Bool
  private(set) var diagnostics: [Diagnostic] = []

  init(_ declarations: Declarations, isComplete: Bool) {
    frames = Dictionary(declarations.frames.map { ($0.name.value, $0) }) { first, _ in first }
    self.isComplete = isComplete
  }

  mutating func check(_ declarations: [FrameDeclaration]) {
    for command in declarations {
      if let job = command.job { check(job, of: command) }
    }
  }

  private mutating func check(_ job: JobDeclaration, of command: FrameDeclaration) {
    checkRequest(of: command, at: command.name.position, role: "a job")
    var seen = [command.name.value: command.name]
    let named =
      [("accepted", job.accepted), ("cancel", job.cancel), ("outcome", job.outcome)]
      + job.progress.map { ("progress", $0) }
    for (key, name) in named {
      guard let name, let frame = frame(name) else { continue }
      if let other = seen.updateValue(name, forKey: name.value) {
        let place = other.position.text(seenFrom: name.position)
        report(name.position, "\(name.value) is a frame of this job already, \(place); each has one part in it")
        continue
      }
      checkRequest(of: frame, at: name.position, role: "'\(key)' of a job")
      switch key {
      case "outcome": checkOutcome(frame, at: name.position)
      case "accepted", "cancel": checkDefaults(of: frame, after: 1, at: name.position, role: "'\(key)' of a job")
      default: break
      }
    }
  }

  private mutating func frame(_ name: Located<String>) -> FrameDeclaration? {
    if let frame = frames[name.value] { return frame }
    let advice = Nearest.advice(for: name.value, among: frames.keys.sorted())
    if isComplete { report(name.position, "there is no frame '\(name.value)'; \(advice)declare it under 'frames:'") }
    return nil
  }

  private mutating func checkRequest(of frame: FrameDeclaration, at position: Position, role: String) {
    if frame.fields.first?.isPlain("request", of: "uint32") == true { return }
    report(position, "\(frame.name.value) is \(role), so its first field must be 'request: uint32'")
  }

  private mutating func checkOutcome(_ frame: FrameDeclaration, at position: Position) {
    let name = frame.name.value
    let fields = frame.fields.dropFirst()
    if fields.first?.isPlain("outcome", of: TypeTable.jobOutcome) != true
      || fields.dropFirst().first?.isPlain("text", of: "string") != true
    {
      report(
        position,
        "\(name) is 'outcome' of a job, so its fields must begin with 'request: uint32', 'outcome: JOB_OUTCOME' and"
          + " 'text: string'")
    } else {
      checkDefaults(of: frame, after: 3, at: position, role: "'outcome' of a job")
    }
    if frame.retain == 0 {
      report(
        position, "\(name) is 'outcome' of a job, which an asker who was away must learn too; give it 'retain: 64'")
    }
  }

  private mutating func checkDefaults(of frame: FrameDeclaration, after count: Int, at position: Position, role: String)
  {
    guard let field = frame.fields.dropFirst(count).first(where: { $0.defaultLiteral == nil }) else { return }
    report(position, "\(frame.name.value) is \(role), so its field '\(field.name.value)' needs a default")
  }

  private mutating func report(_ position: Position, _ message: String) {
    diagnostics.append(Diagnostic(position, message))
  }
}

extension FieldDeclaration {
  fileprivate func isPlain(_ name: String, of type: String) -> Bool {
    self.name.value == name && self.type?.value == TypeExpression(name: type) && fraction == ScaleFraction(1)
  }
}
