/// One end of a UART: acknowledges the frames that come, and sends frames one at a time until each is acknowledged or
/// given up.
///
/// Hand in what happens with its time in monotonic nanoseconds, then take every action; call `tick` at the deadline.
/// Every frame that `send` takes ends in `acknowledged` or `gaveUp`.
public struct EvominLink: Sendable {
  /// How it talks.
  public let settings: EvominSettings
  /// Whether the line is there.
  public private(set) var isOpen = false
  var receiver: EvominReceiver
  var queue: EvominSendQueue
  var answers: EvominAnswers
  var recent: EvominRecentFrames
  var actions = EvominQueue<EvominAction>()
  var random: EvominRandom
  var ownCounters = EvominLinkCounters()
  /// Whether the other end would lose the first byte of the next payload.
  var mustResynchronize = false

  /// A link whose line is not open yet.
  ///
  /// - Parameters:
  ///   - settings: at most 50 bytes of payload, and at least one attempt.
  ///   - random: where the jitter comes from.
  public init(_ settings: EvominSettings = EvominSettings(), random: EvominRandom) {
    precondition(0...EvominFrame.payloadBytesMax ~= settings.payloadBytesMax, "a frame has at most 50 bytes of payload")
    precondition(settings.attemptsMax > 0, "a frame that is never sent cannot arrive")
    self.settings = settings
    self.random = random
    receiver = EvominReceiver(gapNanoseconds: settings.gapNanoseconds)
    queue = EvominSendQueue(framesMax: settings.queueFramesMax)
    answers = EvominAnswers(gap: settings.gapNanoseconds, retry: settings.retryNanoseconds)
    recent = EvominRecentFrames(nanoseconds: settings.duplicateNanoseconds)
  }

  /// What it has seen and done.
  public var counters: EvominLinkCounters {
    var counters = ownCounters
    counters.line = receiver.counters
    counters.longestLateAnswer = answers.longestLate
    return counters
  }

  /// Frames that are neither acknowledged nor given up.
  public var waitingFrames: Int { queue.count }

  /// When `tick` has something to do; nil if nothing is expected.
  public var deadline: UInt64? {
    guard isOpen else { return nil }
    let sending = queue.first == nil ? nil : queue.due
    guard let receiving = receiver.deadline else { return sending }
    guard let sending else { return receiving }
    return min(receiving, receiver.isReceiving ? sending &+ settings.busyNanosecondsMax : sending)
  }

  /// What is to be done; nil when nothing is left.
  public mutating func nextAction() -> EvominAction? { actions.next() }

  /// The line is there. The other end may be in the middle of something, so it is brought back to the start first.
  public mutating func open(at now: UInt64) {
    guard !isOpen else { return }
    isOpen = true
    receiver.reset()
    mustResynchronize = false
    actions.append(.write(EvominPreamble.long.encoded))
  }

  /// The line is gone: every frame that waits is given up, and `send` refuses until the line is open again.
  public mutating func close(at now: UInt64) {
    guard isOpen else { return }
    isOpen = false
    receiver.reset()
    while let first = queue.first { giveUp(first.id, .lineLost, at: now) }
    answers.reset()
    queue.postpone(until: now)
  }
}
