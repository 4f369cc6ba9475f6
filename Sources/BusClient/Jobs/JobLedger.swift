import BusWire

/// What a worker knows of the jobs that it was given, by the id that their asker chose: those that are open, and how the
/// latest ones ended. Pure.
struct JobLedger {
  /// Something that was said about a job: a frame as it was sent.
  struct Word: Equatable, Sendable {
    /// Frame id.
    var type: UInt16
    var payload: [UInt8]
    /// Nanoseconds since the Unix epoch; a repetition has the same.
    var timestamp: UInt64
    /// Whether the bus keeps it, so that a repetition is marked as one.
    var isKept = true

    init(type: UInt16, payload: [UInt8], timestamp: UInt64, isKept: Bool = true) {
      self.type = type
      self.payload = payload
      self.timestamp = timestamp
      self.isKept = isKept
    }

    /// Something that the bus does not keep; a repetition is sent as if it were new.
    init(unkept type: UInt16, _ payload: [UInt8]) {
      self.init(type: type, payload: payload, timestamp: 0, isKept: false)
    }
  }

  /// What is to be done about a command.
  enum Answer: Equatable {
    /// The id was never seen, or is forgotten.
    case new
    /// The same command again: it is not done again, and the latest word about it is repeated.
    case known(latest: Word?)
    /// Another command under the id of one that is open or has just ended.
    case inUse
    /// As many are open as outcomes are kept.
    case full
  }

  private struct OpenJob {
    let command: [UInt8]
    var latest: Word?
  }

  private struct EndedJob {
    let request: UInt32
    let commandHash: UInt64
    let outcome: Word
  }

  /// How many jobs may be open, and how many outcomes are remembered. As many as the outcome's history holds, so that no
  /// asker who was away misses one that it waits for.
  let jobsMax: Int
  private var open: [UInt32: OpenJob] = [:]
  private var ended: [EndedJob] = []
  /// Refusals are not in the journal: who did not hear of one asks again, and may be accepted then.
  private var refused: [EndedJob] = []

  init(jobsMax: Int) {
    self.jobsMax = max(1, jobsMax)
  }

  /// How many jobs are open.
  var openCount: Int { open.count }

  /// What is to be done about a command.
  func answer(_ request: UInt32, _ command: [UInt8]) -> Answer {
    if let job = open[request] { return job.command == command ? .known(latest: job.latest) : .inUse }
    if let job = ended.last(where: { $0.request == request }) ?? refused.last(where: { $0.request == request }) {
      return job.commandHash == Self.hash(command) ? .known(latest: job.outcome) : .inUse
    }
    return open.count < jobsMax ? .new : .full
  }

  /// Whether a job is open.
  func isOpen(_ request: UInt32) -> Bool { open[request] != nil }

  /// What tells an open job's command from another one; nil if no such job is open.
  func commandHash(of request: UInt32) -> UInt64? { open[request].map { Self.hash($0.command) } }

  /// Opens a job.
  mutating func open(_ request: UInt32, _ command: [UInt8]) {
    open[request] = OpenJob(command: command)
  }

  /// Remembers what was said about an open job last.
  mutating func say(_ word: Word, about request: UInt32) {
    open[request]?.latest = word
  }

  /// Ends a job that is open; the oldest outcome is forgotten if there are too many.
  mutating func end(_ request: UInt32, _ outcome: Word) {
    guard let job = open.removeValue(forKey: request) else { return }
    remember(request, commandHash: Self.hash(job.command), outcome)
  }

  /// Remembers that a command was refused: two that are on their way under one id get the same answer.
  mutating func refuse(_ request: UInt32, _ command: [UInt8], _ outcome: Word) {
    refused.append(EndedJob(request: request, commandHash: Self.hash(command), outcome: outcome))
    if refused.count > jobsMax { refused.removeFirst() }
  }

  /// Remembers an outcome of an earlier process.
  mutating func remember(_ request: UInt32, commandHash: UInt64, _ outcome: Word) {
    ended.append(EndedJob(request: request, commandHash: commandHash, outcome: outcome))
    if ended.count > jobsMax { ended.removeFirst() }
  }

  /// What a journal must say so that the next process knows the same.
  var entries: [JobJournal.Entry] {
    ended.map { .ended(request: $0.request, commandHash: $0.commandHash, outcome: $0.outcome) }
      + open.map { .accepted(request: $0.key, command: $0.value.command) }
  }

  /// FNV-1a 64, to tell a repeated command from another one under its id.
  static func hash(_ command: [UInt8]) -> UInt64 {
    command.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
