import BusWire

extension Bus {
  // MARK: Listening

  /// Listens for values and requests of these types, of every instance, in place of what it listened for before.
  ///
  /// `.all` stands for every type below 0xFF00.
  public func listen(for types: FrameType...) {
    listen(for: types.map { Subscription($0) })
  }

  /// Listens for exactly this, in place of what it listened for before.
  public func listen(for subscriptions: [Subscription]) {
    session.listen(for: subscriptions, at: moment)
    logEvents()
  }

  /// Whether values of a type are listened for.
  public func accepts(_ type: FrameType) -> Bool { session.accepts(type) }

  // MARK: Questions

  /// Requests a frame and waits for the next live value of its type, from anyone.
  ///
  /// Other frames that arrive meanwhile wait in the inbox, up to 4 MiB of them.
  ///
  /// - Parameters:
  ///   - instance: which of several equal devices is asked; this module's own by default.
  ///   - timeout: how long to wait at most.
  /// - Throws: `BusError`: nobody listens for such requests, no answer in time, an answer that does not fit its
  ///   schema, or like `send`.
  public func ask<Payload: TypedFrame>(
    _ type: Payload.Type, instance: UInt8? = nil, timeout: Duration = .seconds(1)
  ) throws(BusError) -> Payload {
    let frame = try ask(Payload.frameType, instance: instance, timeout: timeout)
    guard let payload = try frame.decode(Payload.self) else {
      throw BusError(.invalidFrame, "the answer to \(Payload.frameType) is another frame")
    }
    return payload
  }

  /// Like `ask(_:instance:timeout:)`, for a type that is known at run time only.
  public func ask(
    _ type: FrameType, instance: UInt8? = nil, timeout: Duration = .seconds(1)
  ) throws(BusError) -> Frame {
    guard isConnected else { throw session.notConnected }
    let question = Question(type: type.id, instance: instance ?? configuration.instance)
    session.begin(question, at: moment)
    do throws(BusError) {
      try request(type, instance: question.instance)
    } catch {
      _ = session.endQuestion(at: moment)
      throw error
    }
    session.questionSent()
    flush(until: deadline(after: timeout)) { session.isQuestionOpen }
    let ended = session.endQuestion(at: moment)
    if let frame = ended?.answer { return frame }
    if ended?.isUnheard == true {
      throw BusError(.noListener, "nobody listens for requests of \(type); is the module that answers them running?")
    }
    guard isConnected else { throw session.notConnected }
    throw BusError(.timeout, "no \(type) came within \(timeout)")
  }

  /// Waits until the manager has handled everything that was sent before.
  ///
  /// - Parameters:
  ///   - timeout: how long at most.
  ///   - takeFrames: called while it waits. The answer comes behind frames that are on their way already; with more of
  ///     them than the inbox holds it comes only if some are taken out here.
  /// - Throws: `BusError` if there is no connection or no answer in time.
  public func barrier(timeout: Duration = .seconds(1), takeFrames: () -> Void = {}) throws(BusError) {
    guard isConnected else { throw session.notConnected }
    let barrier = session.beginBarrier(at: moment)
    flush(until: deadline(after: timeout)) {
      takeFrames()
      return !session.isAnswered(barrier)
    }
    guard isConnected else { throw lastFailure ?? session.notConnected }
    guard session.isAnswered(barrier) else { throw BusError(.timeout, "the manager did not answer PING in time") }
  }

  // MARK: Jobs

  /// Asks for a job. It need not be connected: the command is sent when a manager is there.
  ///
  /// - Parameters:
  ///   - command: with `request` 0 an id is chosen at random. The same command under the id of one that is under way or
  ///     has just ended is not done again: it is how a program that was killed asks what became of it.
  ///   - instance: which of several equal devices is meant; this module's own by default.
  /// - Throws: `BusError` if the command breaks its schema or too many jobs are open.
  public func job<Command: JobCommand>(_ command: Command, instance: UInt8? = nil) throws(BusError) -> Job<Command> {
    var command = command
    while command.request == 0 { command.request = UInt32(truncatingIfNeeded: random(below: 1 << 32)) }
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
    try session.add(job, at: moment)
    if Command.frameType.priority == .high { flush() }
    return job
  }
}
