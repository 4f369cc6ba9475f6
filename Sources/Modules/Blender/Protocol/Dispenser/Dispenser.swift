/// The host's side of the Arduino dispenser: has pumps serve one after the other. No port and no clock: bytes and the time
/// are handed in, actions are taken out.
///
/// The board has neither "off" nor "cancel": what it was ordered it pours to its end. So an order that may have reached the
/// board keeps it busy until the time in which it would end, whatever is known of it.
public struct Dispenser: Sendable {
  /// What the owner has to do.
  public enum Action: Equatable, Sendable {
    case send([UInt8])
    /// Close the port, and open it again.
    case reopen
    case event(Event)
  }

  /// How long the board takes before a pour.
  public static let startTime = Duration.seconds(3)
  /// How long the board takes after a pour.
  public static let endTime = Duration.seconds(7)
  /// How long it may take to say that it serves: what the original waits, 1.1 s and ten times half a second.
  public static let answerPatience = Duration.milliseconds(6100)
  /// How much later than expected the end may come.
  public static let endMargin = Duration.seconds(5)
  /// An Arduino restarts when its port is opened, and hears nothing this long.
  public static let settleTime = Duration.seconds(2)
  /// How long it may take to open the port again.
  public static let reopenPatience = Duration.seconds(5)
  /// How often a pump is asked for.
  private static let attemptsMax = 2

  private struct Job {
    /// The first one is served now, or next.
    var shares: ArraySlice<Share>
    /// How often the first one was asked for.
    var attempts = 0
    var isCancelled = false
    var current: Share { shares[shares.startIndex] }
  }

  private enum Phase {
    case closed
    case reopening(Job, until: Duration)
    /// The board starts; then it is asked, if there is a job.
    case starting(Job?, until: Duration)
    case idle
    case asked(Job, since: Duration)
    case serving(Job, since: Duration)
  }

  private var phase = Phase.closed
  private var scanner = DispenserScanner()
  private var actions: [Action] = []
  /// Until when the board may be busy with an order whose end is not known.
  private var busyUntil = Duration.zero

  /// A dispenser whose port is closed.
  public init() {}

  /// Bytes that meant nothing.
  public var noise: UInt64 { scanner.noise }

  /// The next thing to do; nil if there is none.
  public mutating func nextAction() -> Action? { actions.isEmpty ? nil : actions.removeFirst() }

  /// When `tick` is due; nil if nothing is.
  public var deadline: Duration? { [phaseEnd, scanner.deadline].compactMap(\.self).min() }

  private var phaseEnd: Duration? {
    switch phase {
    case .closed, .idle: nil
    case .reopening(_, let time), .starting(_, let time): time
    case .asked(_, let since): since + Self.answerPatience
    case .serving(let job, let since): since + Self.time(for: [job.current]) + Self.endMargin
    }
  }

  // MARK: Orders

  /// Has pumps serve, in ascending order.
  ///
  /// - Throws: `Refusal`; nothing has changed then.
  public mutating func pour(_ shares: [Share], at now: Duration) throws(Refusal) {
    guard !shares.isEmpty else { throw .nothingOrdered }
    let job = Job(shares: shares.sorted { $0.pump < $1.pump }[...])
    switch phase {
    case .closed: throw .portClosed
    case .starting(nil, let time) where now >= busyUntil: phase = .starting(job, until: time)
    case .idle where now >= busyUntil: ask(job, at: now)
    default: throw .busy(remaining(at: now))
    }
  }

  /// Begins no further pump. The one that is being served is poured to its end: the board has no way to stop it.
  ///
  /// - Returns: how long it may pour still; nil if nothing was under way.
  public mutating func cancel(at now: Duration) -> Duration? {
    switch phase {
    case .closed, .starting(nil, _), .idle: return nil
    case .reopening: end(.cancelled, .closed)
    case .starting(.some, let time): end(.cancelled, .starting(nil, until: time))
    case .asked(var job, let since):
      job.isCancelled = true
      phase = .asked(job, since: since)
    case .serving(var job, let since):
      job.isCancelled = true
      phase = .serving(job, since: since)
    }
    return mayPour(at: now)
  }

  /// How long it may pour still with what the board was ordered; zero if it was ordered nothing.
  public func mayPour(at now: Duration) -> Duration {
    switch phase {
    case .asked(let job, let since), .serving(let job, let since):
      max(.zero, since + Self.startTime + .seconds(job.current.seconds) - now)
    default: max(.zero, busyUntil - Self.endTime - now)
    }
  }

  /// How long what was ordered will take still, if all goes well; while the board is late, a second more each time.
  public func remaining(at now: Duration) -> Duration {
    switch phase {
    case .closed, .starting(nil, _), .idle: return max(.zero, busyUntil - now)
    case .reopening(let job, _): return Self.settleTime + Self.time(for: job.shares)
    case .starting(.some(let job), let time): return max(.zero, time - now) + Self.time(for: job.shares)
    case .asked(let job, let since), .serving(let job, let since):
      let current = max(.seconds(1), since + Self.time(for: [job.current]) - now)
      return current + (job.isCancelled ? .zero : Self.time(for: job.shares.dropFirst()))
    }
  }

  // MARK: The line

  /// The port is open.
  public mutating func open(at now: Duration) {
    scanner.reset()
    if case .reopening(let job, _) = phase {
      phase = .starting(job, until: now + Self.settleTime)
    } else {
      phase = .starting(nil, until: now + Self.settleTime)
    }
  }

  /// The port is closed, or cannot be opened.
  public mutating func close(at now: Duration) {
    scanner.reset()
    switch phase {
    case .closed, .starting(nil, _), .idle: phase = .closed
    // It has time until its deadline.
    case .reopening: break
    case .starting(.some(let job), _), .asked(let job, _), .serving(let job, _):
      rememberOrder(at: now)
      end(.failed(job.current.pump, .portLost(mayPourFor: mayPour(at: now))), .closed)
    }
  }

  /// Takes bytes that came, in pieces of any size.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Duration) {
    for message in scanner.receive(bytes, at: now) { handle(message, at: now) }
  }

  /// Does what is due.
  public mutating func tick(at now: Duration) {
    for message in scanner.tick(at: now) { handle(message, at: now) }
    guard let phaseEnd, now >= phaseEnd else { return }
    switch phase {
    case .closed, .idle: break
    case .reopening(let job, _):
      end(.failed(job.current.pump, .silent(mayPourFor: mayPour(at: now))), .closed)
    case .starting(let job, _): if let job { ask(job, at: now) } else { phase = .idle }
    case .asked(let job, _): handleSilence(job, at: now)
    case .serving(let job, _): end(job.isCancelled ? .cancelled : .failed(job.current.pump, .noEnd), .idle)
    }
  }

  private mutating func handle(_ message: DispenserMessage, at now: Duration) {
    switch message {
    case .text(let text): actions.append(.event(.text(text)))
    case .level(let level): actions.append(.event(.level(level)))
    case .levelTime(let time): actions.append(.event(.levelTime(time)))
    case .serving:
      guard case .asked(let job, _) = phase else { return }
      phase = .serving(job, since: now)
      actions.append(.event(.serving(job.current)))
    case .ended: handleEnd(at: now)
    }
  }

  private mutating func handleEnd(at now: Duration) {
    switch phase {
    case .serving(var job, _):
      actions.append(.event(.served(job.shares.removeFirst())))
      job.attempts = 0
      busyUntil = now
      if job.isCancelled {
        end(.cancelled, .idle)
      } else if job.shares.isEmpty {
        end(.done, .idle)
      } else {
        ask(job, at: now)
      }
    // What was given up has ended.
    case .idle: busyUntil = now
    // The end of what was given up says nothing about what was asked for since.
    default: break
    }
  }

  private mutating func handleSilence(_ job: Job, at now: Duration) {
    rememberOrder(at: now)
    if job.isCancelled { return end(.cancelled, .idle) }
    guard job.attempts < Self.attemptsMax else {
      return end(.failed(job.current.pump, .silent(mayPourFor: mayPour(at: now))), .idle)
    }
    phase = .reopening(job, until: now + Self.reopenPatience)
    actions.append(.reopen)
  }

  /// The board may have heard what it was asked for.
  private mutating func rememberOrder(at now: Duration) {
    switch phase {
    case .asked(let job, let since), .serving(let job, let since): busyUntil = since + Self.time(for: [job.current])
    default: break
    }
  }

  private mutating func ask(_ job: Job, at now: Duration) {
    var job = job
    job.attempts += 1
    actions.append(.send(DispenserMessage.serve(job.current.pump, seconds: job.current.seconds)))
    phase = .asked(job, since: now)
  }

  private mutating func end(_ result: Result, _ next: Phase) {
    actions.append(.event(.finished(result)))
    phase = next
  }
}
