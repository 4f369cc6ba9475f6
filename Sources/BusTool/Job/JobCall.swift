import BusClient

/// What a person can do with a command that is a job.
struct JobCall {
  private let command: Declaration
  private let frames: JobFrames
  private let instance: UInt8
  private let format: FrameFormat
  private let timeoutMilliseconds: Int

  /// - Throws: `ToolError` if the command is no job.
  init(_ command: Declaration, instance: UInt8, format: FrameFormat, timeoutMilliseconds: Int) throws(ToolError) {
    guard let frames = command.properties.job else {
      throw ToolError(
        .usage, "\(command.name) is no job by its schema; name what to wait for: --await FRAME[,FRAME...]")
    }
    self.command = command
    self.frames = frames
    self.instance = instance
    self.format = format
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Sends the command and shows what comes of it. A `request` is chosen if none is given.
  func start(
    _ given: [Assignment], _ flags: FrameFlags, _ session: BusSession, _ console: Console
  ) throws(ToolError) {
    var assignments = given
    if !given.contains(where: { $0.field == RequestField.name }) {
      assignments.append(Assignment(field: RequestField.name, value: "\(Job.newID)"))
    }
    let fields = try command.parsed()
    let payload = try Assignment.payload(assignments, fields, of: command.name)
    guard case .integer(let request)? = RequestField.value(of: payload, fields), let id = UInt32(exactly: request)
    else {
      throw ToolError("\(command.name) is a job without a field 'request uint32'; its schema is wrong")
    }
    let job = job(id)
    console.report("job \(id); \(job.advice)")
    try follow(job, .init(declaration: command, payload: payload, flags: flags), session, console)
  }

  /// Shows what came and comes of a job that was asked for before.
  func resume(_ id: UInt32, _ session: BusSession, _ console: Console) throws(ToolError) {
    try follow(job(id), nil, session, console)
  }

  /// Cancels a job, and shows what comes of it.
  func cancel(_ id: UInt32, _ session: BusSession, _ console: Console) throws(ToolError) {
    guard let type = frames.cancel else { throw ToolError("\(command.name) cannot be cancelled") }
    let cancel = try session.find(console) { () throws(ToolError) -> Declaration in
      try session.view.declarationToSend("\(type)")
    }
    let payload = try Assignment.payload(
      [Assignment(field: RequestField.name, value: "\(id)")], cancel.parsed(), of: cancel.name)
    let wish = JobRun.Wish(declaration: cancel, payload: payload, flags: cancel.flags(nil, retain: nil))
    try follow(job(id, isCancelled: true), wish, session, console)
  }

  private func job(_ id: UInt32, isCancelled: Bool = false) -> Job {
    Job(command: command.name, frames: frames, id: id, instance: instance, isCancelled: isCancelled)
  }

  private func follow(
    _ job: Job, _ wish: JobRun.Wish?, _ session: BusSession, _ console: Console
  ) throws(ToolError) {
    var run = JobRun(job, wish, format, session, console)
    try run.run(timeoutMilliseconds: timeoutMilliseconds)
  }
}
