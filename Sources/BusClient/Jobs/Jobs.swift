import BusSystem
import BusWire

/// A worker's side of jobs: commands of one type that a module carries out. Each has exactly one outcome, and its asker
/// learns it, whoever of asker, manager and module was away meanwhile.
///
///     while let frame = bus.nextFrame() {
///       guard let command = try jobs.command(in: frame) else { continue }
///       if tank.isEmpty { jobs.refuse(command, "the tank is empty; fill it") } else { jobs.accept(command) }
///     }
///     for command in jobs.commit() { start(command) }      // they are written down: none is ever done twice
///
/// and when one is over:
///
///     jobs.end(DrinkOutcome(request: 7, outcome: .done, text: ""))
///     jobs.commit()
///
/// A command that comes again, because its asker cannot know whether it arrived, is not done again: its latest word is
/// repeated. What was accepted and how it ended stands in a journal in the module's state folder (`--state`).
public struct Jobs<Command: JobCommand> {
  private let bus: Bus
  private var ledger: JobLedger
  private var store: JobStore
  private var accepted: [Command] = []
  /// Outcomes that the next `commit` writes down and sends.
  private var ended: [JobLedger.Word] = []

  /// The jobs of a module that listens for `Command` itself.
  ///
  /// - Parameters:
  ///   - bus: the module's.
  ///   - abandoned: what is to be said of a job that an earlier process of this module accepted and did not end. Nobody
  ///     can know how far it came: `FAILED`, with a field that says so.
  /// - Throws: `BusError` if another process has the journal.
  public init(_ bus: Bus, abandoned: (Command) -> Command.Outcome) throws(BusError) {
    self.bus = bus
    let depth = Command.Outcome.frameType.retain
    ledger = JobLedger(jobsMax: depth)
    do throws(SystemError) {
      store = try JobStore(
        path: bus.configuration.statePath("\(Command.frameType.name).jobs"),
        outcomeType: Command.Outcome.frameType.id, log: bus.configuration.log)
    } catch {
      throw BusError(.configuration, "\(error)", cause: error)
    }
    let past = store.past(jobsMax: depth)
    for job in past.ended {
      ledger.remember(job.request, commandHash: job.commandHash, job.outcome)
      bus.sendAgain(job.outcome, of: Command.Outcome.frameType)
    }
    for job in past.open {
      ledger.open(job.request, job.command)
      // What an older program wrote and this one cannot read is unknown as well.
      let command = try? Command(payload: job.command)
      end(
        command.map(abandoned)
          ?? Command.Outcome(request: job.request, outcome: .failed, text: "the program was restarted; nobody can know")
      )
    }
    commit()
  }

  /// How many jobs may be open at a time; more are refused. As many outcomes are kept for askers that are away.
  public var jobsMax: Int { ledger.jobsMax }

  /// How many jobs are open.
  public var openCount: Int { ledger.openCount }

  /// Why the journal is not written, for the module's status; nil while it is.
  public var journalProblem: String? { store.problem }

  /// The command in a frame, if it is one to decide about: call `accept` or `refuse` then.
  ///
  /// - Returns: nil for other frames, and for commands that were answered here: repetitions, and those whose id another
  ///   one has.
  /// - Throws: `BusError` if the frame is of the command's type and does not fit its schema. Its asker is told that it is
  ///   refused, so that it does not ask for ever.
  public mutating func command(in frame: Frame) throws(BusError) -> Command? {
    guard !frame.isRequest, let command = try decode(frame) else { return nil }
    // Nobody waits for a job without an id.
    guard command.request != 0 else { return command }
    switch ledger.answer(command.request, (try? command.payload()) ?? []) {
    case .new: return command
    case .known(let latest):
      if let latest { bus.repeatWord(latest) }
    case .inUse:
      // Not remembered: the id is another job's.
      sendRefusal(of: command.request, "another job has the id \(command.request); choose ids at random")
    case .full:
      refuse(command, "\(ledger.jobsMax) jobs are under way; wait until one has ended")
    }
    return nil
  }

  private func decode(_ frame: Frame) throws(BusError) -> Command? {
    do throws(BusError) {
      return try frame.decode(Command.self)
    } catch {
      let request = frame.withPayload { UInt32(firstOf: $0) } ?? 0
      if request != 0 { sendRefusal(of: request, error.message) }
      throw error
    }
  }

  /// Accepts a command; the next `commit` hands it out to be started.
  public mutating func accept(_ command: Command) {
    if command.request != 0, let payload = try? command.payload() {
      ledger.open(command.request, payload)
      store.add(.accepted(request: command.request, command: payload))
    }
    accepted.append(command)
  }

  /// Refuses a command; nothing of it is done.
  ///
  /// - Parameter text: why, and what to do.
  public mutating func refuse(_ command: Command, _ text: String) {
    refuse(command, Command.Outcome(request: command.request, outcome: .refused, text: text))
  }

  /// Refuses a command with an outcome that says more than a text.
  public mutating func refuse(_ command: Command, _ outcome: Command.Outcome) {
    guard let payload = try? outcome.payload() else { return }
    let word = JobLedger.Word(unkept: Command.Outcome.frameType.id, payload)
    bus.repeatWord(word)
    if command.request != 0, let command = try? command.payload() {
      ledger.refuse(outcome.request, command, word)
    }
  }

  /// Sends a frame about an open job: how far it is.
  ///
  /// - Throws: `BusError` like `Bus.send`.
  public mutating func report<Progress: JobFrame>(_ progress: Progress) throws(BusError) {
    let type = Progress.frameType
    guard type.retain > 0, let payload = try? progress.payload() else {
      try bus.send(progress)
      if let payload = try? progress.payload() { ledger.say(.init(unkept: type.id, payload), about: progress.request) }
      return
    }
    let word = JobLedger.Word(type: type.id, payload: payload, timestamp: bus.nextTimestamp())
    try bus.send(payload: payload, of: type, timestamp: word.timestamp)
    ledger.say(word, about: progress.request)
  }

  /// Ends a job. The next `commit` writes its outcome down and sends it. A job ends once: a second outcome is ignored.
  public mutating func end(_ outcome: Command.Outcome) {
    guard let payload = try? outcome.payload() else {
      return bus.configuration.log(.error, "bad_outcome", ["outcome": "\(outcome)", "reason": "it breaks its schema"])
    }
    let type = Command.Outcome.frameType
    guard outcome.request != 0 else {
      return bus.repeatWord(.init(unkept: type.id, payload))
    }
    guard let hash = ledger.commandHash(of: outcome.request) else { return }
    let word = JobLedger.Word(type: type.id, payload: payload, timestamp: bus.nextTimestamp())
    ledger.end(outcome.request, word)
    store.add(.ended(request: outcome.request, commandHash: hash, outcome: word))
    ended.append(word)
  }

  /// Writes down what was accepted and ended since the last call, all at once, then says so on the bus.
  ///
  /// - Returns: the commands to start now, in order.
  @discardableResult
  public mutating func commit() -> [Command] {
    let ledger = ledger
    store.write { ledger.entries }
    for word in ended { try? bus.send(payload: word.payload, of: Command.Outcome.frameType, timestamp: word.timestamp) }
    ended = []
    defer { accepted = [] }
    for command in accepted where command.request != 0 { sayAccepted(command.request) }
    return accepted
  }

  private mutating func sayAccepted(_ request: UInt32) {
    guard let type = Command.acceptedType else { return }
    let isKept = type.retain > 0
    let word = JobLedger.Word(
      type: type.id, payload: request.littleEndianBytes, timestamp: bus.nextTimestamp(), isKept: isKept)
    // Who does not get it asks again.
    try? bus.send(payload: word.payload, of: type, timestamp: word.timestamp)
    ledger.say(word, about: request)
  }

  private func sendRefusal(of request: UInt32, _ text: String) {
    let outcome = Command.Outcome(request: request, outcome: .refused, text: text)
    guard let payload = try? outcome.payload() else { return }
    bus.repeatWord(.init(unkept: Command.Outcome.frameType.id, payload))
  }
}
