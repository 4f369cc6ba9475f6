import BusClient
import BusSystem

/// Follows one job from its command to its outcome, past restarts of its worker and of the manager.
struct JobRun {
  /// What is asked of the worker.
  struct Wish {
    /// The command, or the frame that cancels it.
    let declaration: Declaration
    let payload: [UInt8]
    let flags: FrameFlags
  }

  private let session: BusSession
  private let console: Console
  private let job: Job
  private let printer: FramePrinter
  /// What is sent again after each join of the bus or of a worker, until there is an answer.
  private var wish: Wish?
  private var joinCount = 0
  private var sendAt: UInt64?
  private var shown: Set<Shown> = []
  private var notice = LossNotice()

  /// A frame that was kept comes again with the time stamp that it had.
  private struct Shown: Hashable {
    let type: UInt16
    let timestamp: UInt64
  }

  /// - Parameter wish: what to send; nil waits only.
  init(_ job: Job, _ wish: Wish?, _ format: FrameFormat, _ session: BusSession, _ console: Console) {
    self.job = job
    self.wish = wish
    self.session = session
    self.console = console
    printer = FramePrinter(format, console)
  }

  /// How long a worker that joined may take until it listens, in nanoseconds.
  private static let settleNanoseconds: UInt64 = 100_000_000

  /// Shows everything that comes of the job, up to its outcome.
  ///
  /// - Throws: `ToolError` whose exit code says how the job ended, unless it was done.
  mutating func run(timeoutMilliseconds: Int) throws(ToolError) {
    try session.interruptible(console)
    let deadline = Clock.monotonic + UInt64(timeoutMilliseconds) * 1_000_000
    session.listen(for: job.subscriptions)
    joinCount = session.joinCount
    sendWish()
    while true {
      try sendAgain()
      let look = Clock.monotonic + UInt64(BusSession.lookMilliseconds) * 1_000_000
      switch try session.next(until: min(deadline, look, sendAt ?? .max)) {
      case .frame(let frame):
        if let outcome = try show(frame) { return try end(outcome) }
      case .lost(let lost):
        notice.add(lost, session.view, console)
        // What is kept comes again to a listener that is new.
        session.listen(for: [])
        session.listen(for: job.subscriptions)
      case .silence:
        guard Clock.monotonic >= deadline else { break }
        throw ToolError(.timeout, "no outcome of job \(job.id) came within \(timeoutMilliseconds) ms; \(job.advice)")
      case .interrupted: throw ToolError("interrupted; job \(job.id) goes on: \(job.advice)")
      case .disconnected(let reason): console.report("\(reason); waiting for the manager")
      case .connected: sendAt = Clock.monotonic
      }
    }
  }

  private mutating func sendAgain() throws(ToolError) {
    if session.joinCount != joinCount {
      joinCount = session.joinCount
      sendAt = Clock.monotonic + Self.settleNanoseconds
    }
    if let sendAt, Clock.monotonic >= sendAt { sendWish() }
  }

  /// A wish that cannot be sent now is sent when the bus is there again.
  private mutating func sendWish() {
    sendAt = nil
    guard let wish else { return }
    let declaration = wish.declaration
    session.bus.declare(
      id: declaration.type, name: declaration.name, fields: declaration.list, properties: declaration.properties,
      sends: true, listens: false)
    try? session.bus.send(
      payload: wish.payload, of: FrameType(id: declaration.type), flags: wish.flags, instance: job.instance)
    session.bus.flush()
  }

  /// - Returns: the outcome if this frame is it.
  private mutating func show(_ frame: Frame) throws(ToolError) -> JobOutcome? {
    let report = FrameReport(frame, session.view)
    guard !frame.isRequest, job.has(report) else { return nil }
    if job.isAnswer(frame.header.type) { wish = nil }
    if shown.insert(Shown(type: frame.header.type, timestamp: frame.timestamp)).inserted {
      try printer.print(frame, session.view)
    }
    return job.outcome(of: report)
  }

  private func end(_ outcome: JobOutcome) throws(ToolError) {
    switch outcome {
    case .done: return
    case .refused: throw ToolError(.jobRefused, "")
    case .cancelled where job.isCancelled: return
    case .cancelled: throw ToolError(.jobCancelled, "")
    default: throw ToolError(.jobFailed, "")
    }
  }
}
