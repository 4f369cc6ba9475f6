/// A master's end of a line: frames that wait, and for each as many exchanges as it takes.
///
/// Run each exchange that `nextExchange` hands out to its end, hand its outcome to `finish`, then take every action.
/// Times are monotonic nanoseconds. Every frame that `send` takes ends in `acknowledged` or `gaveUp`.
public struct EvominMasterLink: Sendable {
  /// Of which the limits and the time to the next attempt count.
  public let settings: EvominSettings
  /// How an exchange ends.
  public let style: EvominMasterStyle
  /// What it has done; `line` and what concerns received frames stays 0.
  public private(set) var counters = EvominLinkCounters()
  /// Whether the line is there.
  public private(set) var isOpen = true
  private var queue: EvominSendQueue
  private var actions = EvominQueue<EvominAction>()
  private var random: EvominRandom

  /// - Parameters:
  ///   - settings: of which the limits and the time to the next attempt count.
  ///   - random: where the jitter comes from.
  public init(
    _ settings: EvominSettings = EvominSettings(), style: EvominMasterStyle = .python, random: EvominRandom
  ) {
    precondition(settings.attemptsMax > 0, "a frame that is never sent cannot arrive")
    self.settings = settings
    self.style = style
    self.random = random
    queue = EvominSendQueue(framesMax: settings.queueFramesMax)
  }

  /// Frames that are neither acknowledged nor given up.
  public var waitingFrames: Int { queue.count }

  /// When there is an exchange to run; nil if none is expected.
  public var deadline: UInt64? { queue.first == nil ? nil : queue.due }

  /// What has happened; nil when nothing is left.
  public mutating func nextAction() -> EvominAction? { actions.next() }

  /// Takes a frame to send, behind those that wait.
  ///
  /// - Throws: `EvominError.tooLong` for a payload that the slave cannot receive, `.queueFull`, `.closed`.
  public mutating func send(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID {
    guard isOpen else { throw .closed }
    guard frame.payload.count <= settings.payloadBytesMax else {
      throw .tooLong(bytes: frame.payload.count, bytesMax: settings.payloadBytesMax)
    }
    return try queue.append(frame, at: now)
  }

  /// The exchange to run now, if it is time for one. It must be finished before the next is asked for.
  public mutating func nextExchange(at now: UInt64) -> EvominMaster? {
    guard let first = queue.first, now >= queue.due else { return nil }
    let patience = settings.retryNanoseconds + UInt64.random(in: 0...settings.retryNanoseconds / 2, using: &random)
    queue.attempt(answerDue: now &+ patience)
    counters.transmissions += 1
    if queue.attempts > 1 { counters.retries += 1 }
    actions.append(.sent(first.id, attempt: queue.attempts))
    return EvominMaster(first.frame, style: style)
  }

  /// An exchange has come to its end.
  public mutating func finish(_ outcome: EvominMaster.Outcome, at now: UInt64) {
    guard let frame = queue.outstanding else { return }
    switch outcome {
    case .acknowledged(let reply):
      counters.acknowledged += 1
      if !reply.isEmpty { actions.append(.replied(frame.id, reply)) }
      actions.append(.acknowledged(frame.id))
      queue.removeFirst(nextDue: now)
    case .failed(let failure):
      guard queue.attempts == settings.attemptsMax else { return }
      giveUp(frame.id, failure, at: now)
    }
  }

  /// The line is there again.
  public mutating func open(at now: UInt64) { isOpen = true }

  /// The line is gone: every frame that waits is given up, and `send` refuses until it is open again.
  public mutating func close(at now: UInt64) {
    isOpen = false
    while let first = queue.first { giveUp(first.id, .lineLost, at: now) }
  }

  private mutating func giveUp(_ id: EvominSendID, _ failure: EvominFailure, at now: UInt64) {
    counters.givenUp += 1
    actions.append(.gaveUp(id, failure))
    queue.removeFirst(nextDue: now)
  }
}
