import BusClient
import BusSystem

/// `framebus send`: a frame with fields from the command line.
struct SendCommand: BusCommand {
  static let name = "send"
  static let operands = "FRAME [FIELD=VALUE...]"
  static let operandsMax = 1024
  static let summary = "Sends a frame."
  static let details = """
    FRAME is a name in any case, or an id, that a module on the bus has declared or that this build knows.

    Numbers are physical, in the unit of the field, and rounded to its steps: ambient_temperature=21.5. Enums are given
    by name. Other values are flag=true, text='two words', data=0xAABB, list=[1,2,3], pump={pump:1,ratio:0.5}; arrays
    and structures may be written as JSON. A field that is left out takes its default.
    'framebus schema FRAME' shows the fields.

    With --await it listens before it sends, shows the first live frame of those named (of the same instance) as
    'framebus listen' does, and ends; the exit code is 3 if none comes in time, and 4 if nobody listens for the frame.
    If both frames have a field 'request', its values must be equal: others wait for their own answers.
    """
  static let options: [CommandOptions.Option] = [
    .init("instance", value: "N", "Which of several equal devices it is for, 0 to 255 (0)."),
    .init("priority", value: "PRIORITY", "high, normal, low or data_stream (that of the schema)."),
    .init("await", value: "FRAME[,FRAME...]", "Wait for the first of these frames and show it."),
    .init("timeout", value: "SECONDS", "How long to wait for it (10)."),
    .init("json", "Write it as a JSON object."),
  ]

  private let frame: String
  private let assignments: [Assignment]
  private let instance: UInt8
  private let priority: Priority?
  private let answers: [String]
  private let answerFormat: FrameFormat
  private let timeoutMilliseconds: Int

  init(_ given: CommandOptions) throws(CommandOptions.UsageError) {
    guard let frame = given.operands.first else { throw CommandOptions.UsageError("no frame given") }
    self.frame = frame
    var assignments: [Assignment] = []
    for text in given.operands.dropFirst() {
      let assignment = try Assignment(text)
      guard !assignments.contains(where: { $0.field == assignment.field }) else {
        throw CommandOptions.UsageError("field '\(assignment.field)' is given twice")
      }
      assignments.append(assignment)
    }
    self.assignments = assignments
    instance = try given.instance() ?? 0
    priority = try given.value("priority").map { name throws(CommandOptions.UsageError) in
      guard let priority = Priority(text: name) else {
        throw CommandOptions.UsageError("--priority: '\(name)' is none of high, normal, low, data_stream")
      }
      return priority
    }
    answers = given.value("await")?.split(separator: ",").map(String.init) ?? []
    guard given.has("await") != answers.isEmpty else {
      throw CommandOptions.UsageError("option '--await' takes names of frames, with commas between them")
    }
    for option in ["timeout", "json"] where given.has(option) && answers.isEmpty {
      throw CommandOptions.UsageError("option '--\(option)' goes with '--await' only")
    }
    answerFormat = given.has("json") ? .json : .text
    timeoutMilliseconds = try given.milliseconds("timeout") ?? 10_000
  }

  func run(on session: BusSession, _ console: Console) throws(ToolError) {
    let (declaration, isHeard) = try session.find(console) { () throws(ToolError) -> (Declaration, Bool) in
      let declaration = try session.view.declarationToSend(frame)
      let isHeard = !session.view.listeners(of: declaration).isEmpty
      guard isHeard || (answers.isEmpty && !session.waits) else {
        throw ToolError(
          .nobodyListens, "nobody listens for \(declaration.name); 'framebus list' shows which modules are running",
          mayPass: true)
      }
      return (declaration, isHeard)
    }
    session.view.reportChoice(of: declaration, console)
    let payload = try Assignment.payload(assignments, declaration.parsed(), of: declaration.name)
    if !answers.isEmpty { session.listen(for: try session.subscriptions(answers, instance: instance, console)) }
    session.bus.declare(
      id: declaration.type, name: declaration.name, fields: declaration.list, sends: true, listens: false)
    try session.run { () throws(BusError) in
      try session.bus.send(
        payload: payload, type: declaration.type, flags: declaration.flags(priority), instance: instance)
      try session.bus.barrier()
    }
    if !isHeard { console.report("warning: no module has declared that it listens for \(declaration.name)") }
    if !answers.isEmpty {
      try showAnswer(to: RequestField.value(of: payload, try declaration.parsed()), session, console)
    }
  }

  private func showAnswer(
    to request: DynamicValue?, _ session: BusSession, _ console: Console
  ) throws(ToolError) {
    try session.interruptible(console)
    let deadline = Clock.monotonic + UInt64(timeoutMilliseconds) * 1_000_000
    var notice = LossNotice()
    defer { notice.noteRest(console) }
    while true {
      switch try session.next(until: deadline) {
      case .frame(let frame) where frame.isRetained || frame.isRequest: break
      case .frame(let frame):
        let answered = RequestField.value(of: FrameReport(frame, session.view))
        guard request == nil || answered == nil || answered == request else { break }
        return try FramePrinter(answerFormat, console).print(frame, session.view)
      case .lost(let lost): notice.note(lost, session.view, console)
      case .silence:
        throw ToolError(
          .timeout, "no \(answers.joined(separator: " or ")) came within \(timeoutMilliseconds) ms")
      case .interrupted: throw ToolError(.failure, "interrupted before \(answers.joined(separator: " or ")) came")
      case .disconnected(let reason):
        throw ToolError(.failure, "\(reason); whether \(answers.joined(separator: " or ")) came is not known")
      case .connected: break
      }
    }
  }
}
