import BusClient
import BusSystem

/// `framebus send`: a frame with fields from the command line, and what comes of it.
struct SendCommand: BusCommand {
  static let name = "send"
  static let operands = "FRAME [FIELD=VALUE...]"
  static let operandsMax = 1024
  static let summary = "Sends a frame; a command with --await, and shows what comes of it."
  static let details = """
    FRAME is a name in any case, or an id, that a module on the bus has declared or that this build knows.

    Numbers are physical, in the unit of the field, and rounded to its steps: ambient_temperature=21.5. Enums are given
    by name. Other values are flag=true, text='two words', data=0xAABB, list=[1,2,3], pump={pump:1,ratio:0.5}; arrays
    and structures may be written as JSON. A field that is left out takes its default. Priority, and whether the frame is
    kept while its sender is connected, are as the schema says. 'framebus schema FRAME' shows all of that.

    A command that is a job needs no more than --await: what comes of it is shown as 'framebus listen' does, up to its
    outcome. The tool chooses a 'request' unless one is given, and says it. It goes on while the manager or the worker is
    away, and sends the command again when one of them is back, until it was answered: the worker knows a job by its
    request and does it once. --resume ID waits for a job that was asked for before, --cancel ID ends it; either shows
    the outcome also if it came meanwhile. The exit code is 0 for DONE, 5 for FAILED, 6 for REFUSED, 7 for CANCELLED
    (0 with --cancel), and 3 if the outcome does not come in time.

    For other frames --await FRAME[,FRAME...] listens before it sends, shows the first live frame of those named (of the
    same instance), and ends; the exit code is 3 if none comes in time, and 4 if nobody listens for the frame. If both
    frames have a field 'request', its values must be equal: others wait for their own answers.
    """
  static let options: [CommandOptions.Option] = [
    .init("instance", value: "N", "Which of several equal devices it is for, 0 to 255 (0)."),
    .init("priority", value: "PRIORITY", "high, normal, low or data_stream (that of the schema)."),
    .init("retain", "Have the manager keep it for late listeners, while its sender is connected."),
    .init("no-retain", "Do not have it kept, whatever the schema says."),
    .init("rate", value: "HZ", "Send it this often per second, 0.01 to 1000, until Ctrl-C or --count."),
    .init("count", value: "N", "With --rate: end after this many."),
    .init("await", value: "[FRAME,...]", "Wait for the outcome of this job, or for the first of these frames."),
    .init("resume", value: "ID", "Send nothing; wait for the outcome of the job with this request."),
    .init("cancel", value: "ID", "Cancel the job with this request, and wait for its outcome."),
    .init("timeout", value: "SECONDS", "How long to wait (10; for a job 300)."),
    .init("json", "Write what comes as JSON objects, one per line."),
  ]
  static let optionalValues: Set<String> = ["await"]

  private let frame: String
  private let assignments: [Assignment]
  private let instance: UInt8
  private let priority: Priority?
  private let retain: Bool?
  private let wait: Wait
  private let pace: Pace?
  private let answerFormat: FrameFormat
  private let timeoutMilliseconds: Int?

  /// How often it is sent.
  private struct Pace {
    let nanoseconds: UInt64
    let count: Int

    init?(_ given: CommandOptions) throws(CommandOptions.UsageError) {
      let count = try given.number("count", in: 1...Int.max)
      guard let text = given.value("rate") else {
        if count != nil { throw CommandOptions.UsageError("option '--count' goes with '--rate' only") }
        return nil
      }
      guard let rate = Double(text), (0.01...1000).contains(rate) else {
        throw CommandOptions.UsageError("option '--rate' takes how often per second, 0.01 to 1000, not '\(text)'")
      }
      nanoseconds = UInt64(1e9 / rate)
      self.count = count ?? .max
    }
  }

  /// What is waited for behind the frame.
  private enum Wait: Equatable {
    case nothing
    case frames([String])
    case newJob
    case knownJob(UInt32, isCancelled: Bool)
  }

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
    if given.has("retain"), given.has("no-retain") {
      throw CommandOptions.UsageError("--retain and --no-retain exclude each other")
    }
    retain = given.has("retain") ? true : given.has("no-retain") ? false : nil
    wait = try Self.wait(given, hasFields: !assignments.isEmpty)
    pace = try Pace(given)
    if pace != nil, wait != .nothing { throw CommandOptions.UsageError("--rate and --await exclude each other") }
    for option in ["timeout", "json"] where given.has(option) && wait == .nothing {
      throw CommandOptions.UsageError("option '--\(option)' goes with '--await' only")
    }
    answerFormat = given.has("json") ? .json : .text
    timeoutMilliseconds = try given.milliseconds("timeout")
  }

  private static func wait(_ given: CommandOptions, hasFields: Bool) throws(CommandOptions.UsageError) -> Wait {
    if given.has("resume"), given.has("cancel") {
      throw CommandOptions.UsageError("--resume and --cancel exclude each other")
    }
    for option in ["resume", "cancel"] {
      guard let id = try given.number(option, in: 0...Int(UInt32.max)) else { continue }
      if hasFields { throw CommandOptions.UsageError("option '--\(option)' takes no fields: the job has them already") }
      return .knownJob(UInt32(id), isCancelled: option == "cancel")
    }
    guard let names = given.value("await") else { return .nothing }
    return names.isEmpty ? .newJob : .frames(names.split(separator: ",").map(String.init))
  }

  func run(on session: BusSession, _ console: Console) throws(ToolError) {
    let declaration = try session.find(console) { () throws(ToolError) -> Declaration in
      let declaration = try session.view.declarationToSend(frame)
      guard (wait == .nothing && !session.waits) || isHeard(declaration, session) else {
        throw ToolError(
          .nobodyListens, "nobody listens for \(declaration.name); 'framebus list' shows which modules are running",
          mayPass: true)
      }
      return declaration
    }
    session.view.reportChoice(of: declaration, console)
    switch wait {
    case .nothing:
      let payload = try send(declaration, assignments, session)
      if !isHeard(declaration, session) {
        console.report("warning: no module has declared that it listens for \(declaration.name)")
      }
      for slip in Assignment.unnamed(in: payload, try declaration.parsed()) { console.report("warning: \(slip)") }
      if let pace { try repeatSending(declaration, pace, session, console) }
    case .frames(let names):
      session.listen(for: try session.subscriptions(names, instance: instance, console))
      let payload = try send(declaration, assignments, session)
      try showFirst(of: names, to: RequestField.value(of: payload, try declaration.parsed()), session, console)
    case .newJob:
      try call(declaration).start(assignments, declaration.flags(priority, retain: retain), session, console)
    case .knownJob(let id, isCancelled: false): try call(declaration).resume(id, session, console)
    case .knownJob(let id, isCancelled: true): try call(declaration).cancel(id, session, console)
    }
  }

  private func call(_ declaration: Declaration) throws(ToolError) -> JobCall {
    try JobCall(
      declaration, instance: instance, format: answerFormat, timeoutMilliseconds: timeoutMilliseconds ?? 300_000)
  }

  /// Whom a job is known to already need not be there now: its outcome comes when it is back.
  private func isHeard(_ declaration: Declaration, _ session: BusSession) -> Bool {
    if case .knownJob = wait { return true }
    return !session.view.listeners(of: declaration).isEmpty
  }

  @discardableResult
  private func send(
    _ declaration: Declaration, _ assignments: [Assignment], _ session: BusSession
  ) throws(ToolError) -> [UInt8] {
    let payload = try Assignment.payload(assignments, declaration.parsed(), of: declaration.name)
    session.bus.declare(
      id: declaration.type, name: declaration.name, fields: declaration.list, properties: declaration.properties,
      sends: true, listens: false)
    try session.run { () throws(BusError) in
      try session.bus.send(
        payload: payload, type: declaration.type, flags: declaration.flags(priority, retain: retain), instance: instance
      )
      try session.bus.barrier()
    }
    return payload
  }

  /// Sends it again and again; the first was sent already.
  private func repeatSending(
    _ declaration: Declaration, _ pace: Pace, _ session: BusSession, _ console: Console
  ) throws(ToolError) {
    try session.interruptible(console)
    var due = Clock.monotonic
    for _ in 1..<pace.count {
      due += pace.nanoseconds
      while Clock.monotonic < due {
        switch try session.next(until: due) {
        case .interrupted: return
        case .disconnected(let reason): throw ToolError(reason)
        case .frame, .lost, .silence, .connected: break
        }
      }
      try send(declaration, assignments, session)
    }
  }

  private func showFirst(
    of names: [String], to request: DynamicValue?, _ session: BusSession, _ console: Console
  ) throws(ToolError) {
    try session.interruptible(console)
    let milliseconds = timeoutMilliseconds ?? 10_000
    let deadline = Clock.monotonic + UInt64(milliseconds) * 1_000_000
    var notice = LossNotice()
    defer { notice.reportRest(console) }
    let wanted = names.joined(separator: " or ")
    while true {
      switch try session.next(until: deadline) {
      case .frame(let frame) where frame.isRetained || frame.isRequest: break
      case .frame(let frame):
        let answered = RequestField.value(of: FrameReport(frame, session.view))
        guard request == nil || answered == nil || answered == request else { break }
        return try FramePrinter(answerFormat, console).print(frame, session.view)
      case .lost(let lost): notice.add(lost, session.view, console)
      case .silence: throw ToolError(.timeout, "no \(wanted) came within \(milliseconds) ms")
      case .interrupted: throw ToolError("interrupted before \(wanted) came")
      case .disconnected(let reason): throw ToolError("\(reason); whether \(wanted) came is not known")
      case .connected: break
      }
    }
  }
}
