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
  private static let instance = Option<UInt8>(
    "instance", default: 0, in: 0...255, "Which of several equal devices it is for")
  private static let priority = Option<Priority?>(
    "priority", value: "PRIORITY", default: nil, "high, normal, low or data_stream (that of the schema)."
  ) { name in
    guard let priority = Priority(text: name) else {
      throw UsageError("'\(name)' is none of high, normal, low, data_stream")
    }
    return priority
  }
  private static let retain = Option(
    "retain", "Have the manager keep it for late listeners, while its sender is connected.")
  private static let noRetain = Option("no-retain", "Do not have it kept, whatever the schema says.")
  private static let rate = Option<Double?>(
    "rate", value: "HZ", default: nil, "Send it this often per second, 0.01 to 1000, until Ctrl-C or --count."
  ) { text in
    guard let rate = Double(text), (0.01...1000).contains(rate) else {
      throw UsageError("how often per second is a number from 0.01 to 1000, not '\(text)'")
    }
    return rate
  }
  private static let count = Option<Int?>("count", in: 1 ... .max, "With --rate: end after this many")
  private static let awaited = Option(
    "await", value: "[FRAME,...]", "Wait for the outcome of this job, or for the first of these frames.")
  private static let resume = Option<UInt32?>(
    "resume", value: "ID", in: 0 ... .max, "Send nothing; wait for the outcome of the job with this request")
  private static let cancel = Option<UInt32?>(
    "cancel", value: "ID", in: 0 ... .max, "Cancel the job with this request, and wait for its outcome")
  private static let timeout = Option(
    "timeout", in: .milliseconds(1) ... .seconds(1_000_000), unit: .seconds,
    "How long to wait; 10 unless given, for a job 300")
  private static let json = Option("json", "Write what comes as JSON objects, one per line.")
  static let options: [any ProgramOption] = [
    instance, priority, retain, noRetain, rate, count, awaited, resume, cancel, timeout, json,
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

    init?(_ given: GivenOptions) throws(UsageError) {
      let count = given[SendCommand.count]
      guard let rate = given[SendCommand.rate] else {
        if count != nil { throw UsageError("option '--count' goes with '--rate' only") }
        return nil
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

  init(_ given: GivenOptions) throws(UsageError) {
    guard let frame = given.operands.first else { throw UsageError("no frame given") }
    self.frame = frame
    var assignments: [Assignment] = []
    for text in given.operands.dropFirst() {
      let assignment = try Assignment(text)
      guard !assignments.contains(where: { $0.field == assignment.field }) else {
        throw UsageError("field '\(assignment.field)' is given twice")
      }
      assignments.append(assignment)
    }
    self.assignments = assignments
    instance = given[Self.instance]
    priority = given[Self.priority]
    if given[Self.retain], given[Self.noRetain] { throw UsageError("--retain and --no-retain exclude each other") }
    retain = given[Self.retain] ? true : given[Self.noRetain] ? false : nil
    wait = try Self.wait(given, hasFields: !assignments.isEmpty)
    pace = try Pace(given)
    if pace != nil, wait != .nothing { throw UsageError("--rate and --await exclude each other") }
    for option in [Self.timeout, Self.json] as [any ProgramOption] where given.isGiven(option) && wait == .nothing {
      throw UsageError("option '--\(option.name)' goes with '--await' only")
    }
    answerFormat = given[Self.json] ? .json : .text
    timeoutMilliseconds = given[Self.timeout]?.inMilliseconds
  }

  private static func wait(_ given: GivenOptions, hasFields: Bool) throws(UsageError) -> Wait {
    if given.isGiven(resume), given.isGiven(cancel) {
      throw UsageError("--resume and --cancel exclude each other")
    }
    for option in [resume, cancel] {
      guard let id = given[option] else { continue }
      if hasFields { throw UsageError("option '--\(option.name)' takes no fields: the job has them already") }
      return .knownJob(id, isCancelled: option.name == cancel.name)
    }
    guard let names = given[Self.awaited] else { return .nothing }
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
        payload: payload, of: FrameType(id: declaration.type), flags: declaration.flags(priority, retain: retain),
        instance: instance)
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
