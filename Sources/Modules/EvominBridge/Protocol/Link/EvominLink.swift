/// One end of a UART: acknowledges the frames that come, and sends frames one at a time until each is acknowledged or
/// given up.
///
/// Hand in what happens with its time in monotonic nanoseconds, then take every action; call `tick` at the deadline.
/// Every frame that `send` takes ends in `acknowledged` or `gaveUp`.
public struct EvominLink: Sendable {
  private enum Line {
    case closed
    /// Whether the other end would lose the first byte of the next payload.
    case open(losesNextByte: Bool)
  }

  /// How it talks.
  public let settings: EvominSettings
  private var line = Line.closed
  private var receiver: EvominReceiver
  private var queue: EvominSendQueue
  private var answers: EvominAnswers
  private var recent: EvominRecentFrames
  private var actions = EvominQueue<EvominAction>()
  private var random: EvominRandom
  private var ownCounters = EvominLinkCounters()

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

  /// Whether the line is there.
  public var isOpen: Bool {
    if case .open = line { true } else { false }
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
    line = .open(losesNextByte: false)
    receiver.reset()
    actions.append(.write(EvominPreamble.long.encoded))
  }

  /// The line is gone: every frame that waits is given up, and `send` refuses until the line is open again.
  public mutating func close(at now: UInt64) {
    guard isOpen else { return }
    line = .closed
    receiver.reset()
    while let first = queue.first { giveUp(first.id, .lineLost, at: now) }
    answers.reset()
    queue.postpone(until: now)
  }

  // MARK: Sending

  /// Takes a frame to send, behind those that wait.
  ///
  /// - Throws: `EvominError.tooLong` for a payload that the other end cannot receive, `.queueFull`, `.closed`.
  public mutating func send(_ frame: EvominFrame, at now: UInt64) throws(EvominError) -> EvominSendID {
    guard isOpen else { throw .closed }
    guard frame.payload.count <= settings.payloadBytesMax else {
      throw .tooLong(bytes: frame.payload.count, bytesMax: settings.payloadBytesMax)
    }
    let id = try queue.append(frame, at: now)
    sendWhatIsDue(at: now)
    return id
  }

  /// Sends, repeats or gives up the first frame, if it is time and nothing is arriving.
  @usableFromInline
  mutating func sendWhatIsDue(at now: UInt64) {
    while let first = queue.first, now >= queue.due {
      if receiver.isReceiving {
        // Neither library receives while it sends; and an acknowledgement may come right behind what is arriving.
        guard now >= queue.due &+ settings.busyNanosecondsMax else { return }
        giveUp(first.id, failure, at: now)
      } else if queue.attempts == settings.attemptsMax {
        giveUp(first.id, failure, at: now)
      } else {
        transmit(first, at: now)
        return
      }
    }
  }

  private mutating func giveUp(_ id: EvominSendID, _ failure: EvominFailure, at now: UInt64) {
    ownCounters.givenUp += 1
    actions.append(.gaveUp(id, failure))
    queue.removeFirst(nextDue: answers.recordGivenUp(attempts: queue.attempts, at: now))
  }

  private mutating func transmit(_ entry: EvominSendQueue.Entry, at now: UInt64) {
    var wire = EvominWire()
    preamble?.append(to: &wire)
    wire.append(contentsOf: entry.frame.encoded)
    let patience = settings.retryNanoseconds + UInt64.random(in: 0...settings.retryNanoseconds / 2, using: &random)
    let sent = now &+ UInt64(wire.count) * settings.byteNanoseconds
    queue.attempt(answerDue: sent &+ patience)
    answers.recordAttempt(queue.attempts, at: sent)
    line = .open(losesNextByte: settings.peer.losesByteAfterPair && entry.frame.endsInPair)
    ownCounters.transmissions += 1
    if queue.attempts > 1 { ownCounters.retries += 1 }
    actions.append(.write(wire))
    actions.append(.sent(entry.id, attempt: queue.attempts))
  }

  /// Why the first frame is given up.
  private var failure: EvominFailure {
    if queue.attempts == 0 { return .lineBusy }
    return queue.isRefused ? .refused : .noAnswer
  }

  /// What goes before the next attempt: the last one does not rely on the other end being between two frames.
  private var preamble: EvominPreamble? {
    if queue.attempts == 0 {
      if case .open(losesNextByte: true) = line { return .short }
      return nil
    }
    return queue.attempts + 1 == settings.attemptsMax ? .long : .short
  }

  // MARK: Receiving

  /// Handles bytes that came from the line.
  ///
  /// - Parameters:
  ///   - bytes: in the order in which they came.
  ///   - now: monotonic nanoseconds.
  @inlinable
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    guard isOpen else { return }
    expire(at: now)
    for byte in bytes { take(byte, at: now) }
    // Only now: bytes that came together with an acknowledgement cannot answer what has not been sent yet.
    sendWhatIsDue(at: now)
  }

  /// Does what is due.
  ///
  /// - Parameter now: monotonic nanoseconds.
  public mutating func tick(at now: UInt64) {
    guard isOpen else { return }
    expire(at: now)
    sendWhatIsDue(at: now)
  }

  @usableFromInline
  mutating func expire(at now: UInt64) {
    while receiver.expire(at: now) { takeReceived(at: now) }
  }

  @usableFromInline
  mutating func take(_ byte: UInt8, at now: UInt64) {
    receiver.receive(byte, at: now)
    takeReceived(at: now)
  }

  private mutating func takeReceived(at now: UInt64) {
    while let received = receiver.next() {
      switch received {
      case .frame(let frame): take(frame, at: now)
      case .acknowledgement: acknowledge(at: now)
      case .refusal: refuse()
      }
    }
  }

  /// The acknowledgement goes before anything else, and exactly one for each frame that came.
  private mutating func take(_ frame: EvominFrame, at now: UInt64) {
    var answer = EvominWire()
    answer.append(EvominByte.acknowledge)
    actions.append(.write(answer))
    let isDuplicate = recent.record(frame, at: now)
    if isDuplicate { ownCounters.duplicates += 1 }
    if isDuplicate && settings.dropsDuplicates { return }
    actions.append(.received(frame, isDuplicate: isDuplicate))
  }

  private mutating func acknowledge(at now: UInt64) {
    guard let frame = queue.outstanding else {
      ownCounters.strayAnswers += 1
      if let due = answers.recordLate(at: now, due: queue.due) { queue.postpone(until: due) }
      return
    }
    ownCounters.acknowledged += 1
    actions.append(.acknowledged(frame.id))
    queue.removeFirst(nextDue: answers.recordAcknowledged(attempts: queue.attempts, at: now))
  }

  /// A refusal does not speed up the next attempt: it may be noise, and an acknowledgement may follow.
  private mutating func refuse() {
    guard queue.outstanding != nil else {
      ownCounters.strayAnswers += 1
      return
    }
    ownCounters.refusals += 1
    queue.refuse()
  }
}
