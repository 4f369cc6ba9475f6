import BusWire

extension Bus {
  /// Asks for a job. It need not be connected: the command is sent when a manager is there.
  ///
  /// - Parameters:
  ///   - command: with `request` 0 an id is chosen at random. The same command under the id of one that is under way or
  ///     has just ended is not done again: it is how a program that was killed asks what became of it.
  ///   - instance: which of several equal devices is meant; this module's own by default.
  /// - Throws: `BusError` if the command breaks its schema or too many jobs are open.
  public func job<Command: JobCommand>(_ command: Command, instance: UInt8? = nil) throws(BusError) -> Job<Command> {
    var command = command
    while command.request == 0 { command.request = UInt32(truncatingIfNeeded: link.random(below: 1 << 32)) }
    let payload: [UInt8]
    do throws(CodecError) {
      payload = try command.payload()
    } catch {
      throw BusError(.invalidFrame, "\(Command.frameType) was not sent: \(error)", cause: error)
    }
    return try add(
      Job<Command>(
        self, request: command.request, instance: instance ?? configuration.instance, frames: Command.job,
        command: (Command.frameType, payload)))
  }

  /// Waits for a job that was asked for before, by an earlier process or by somebody else.
  ///
  /// Only its outcome is waited for: if the command never reached a worker, none comes.
  public func job<Command: JobCommand>(
    _ type: Command.Type, resuming request: UInt32, instance: UInt8? = nil
  ) throws(BusError) -> Job<Command> {
    try add(
      Job<Command>(
        self, request: request, instance: instance ?? configuration.instance, frames: Command.job, command: nil))
  }

  private func add<Command>(_ job: Job<Command>) throws(BusError) -> Job<Command> {
    guard openJobs.all.count < OpenJobs.jobsMax else {
      throw BusError(.configuration, "\(OpenJobs.jobsMax) jobs are waited for already; let go of some")
    }
    openJobs.add(job, now: link.monotonicTime)
    if let type = job.command?.type { declare(type, sends: true) }
    sendListenSet()
    ask(job)
    return job
  }

  /// Sends the commands of jobs that nobody has answered yet.
  func ask() {
    guard isConnected else { return }
    for job in openJobs.toAsk(now: link.monotonicTime) { ask(job) }
  }

  /// Sends a job's command; what cannot be sent now is sent with the next repetition.
  private func ask(_ job: OpenJob) {
    guard isConnected, let command = job.command else { return }
    try? send(payload: command.payload, of: command.type, instance: job.instance)
  }

  /// Brings the jobs up to date with a frame that has arrived.
  func updateJobs(_ frame: Frame) {
    guard !openJobs.isEmpty else { return }
    for job in openJobs.all {
      do throws(BusError) {
        try job.look(at: frame)
      } catch {
        if reported.insert("outcome: \(error.message)") {
          log(.warning, "bad_outcome", ["module": configuration.name, "reason": error.message])
        }
      }
    }
  }

  /// Asks again where it is due, and listens for no more than is needed.
  func tendJobs() {
    guard !openJobs.isEmpty else { return }
    if openJobs.removeEnded() { sendListenSet() }
    if let time = openJobs.nextRepeat, link.monotonicTime >= time { ask() }
  }
}
