/// What a bar is doing, how far it is, and how that ended. The pumps are somebody else's.
///
///     idle ──begin──▶ running ──all pumps done, or stopped──▶ end ──▶ idle
public struct Bar: Sendable {
  /// What those who look on see: at the beginning, each second, and with 0 s remaining when it is over.
  public struct Status: Equatable, Sendable {
    /// What it does, or did until now.
    public let action: BarAction
    /// What was expected at the beginning, in whole seconds, rounded up.
    public let initialSeconds: Int
    /// What is expected to remain, in whole seconds, rounded up; 0 when it is over, and only then.
    public let remainingSeconds: Int
    /// The pumps that run.
    public let running: PumpSet
  }

  /// What became of an order.
  public struct Ending: Equatable, Sendable {
    /// The id of the order.
    public let request: UInt32
    /// How it ended.
    public let result: BarResult
    /// What happened, in words.
    public let text: String
    /// How long each pump ran.
    public let runs: [PumpRun]
    /// The last status.
    public let status: Status
  }

  private struct Work: Sendable {
    let request: UInt32
    let action: BarAction
    let expected: Duration
    let startedAt: Duration
    var endsAt: Duration
    var nextStatus: Duration
    var log: PumpLog
    var stop: (result: BarResult, reason: String)?
  }

  private var work: Work?
  /// Why pumps may have been switched off early.
  private var alarm: String?

  /// A bar that does nothing.
  public init() {}

  /// The id of the order that is carried out; nil if none is.
  public var request: UInt32? { work?.request }

  /// When the next status is due; nil if nothing is carried out.
  public var deadline: Duration? { work?.nextStatus }

  /// Checks that nothing is carried out.
  ///
  /// - Throws: `BarRefusal` with the words that the README of the AutoBarMaid has for it.
  public func checkIsIdle(at now: Duration) throws(BarRefusal) {
    guard let status = status(at: now) else { return }
    throw BarRefusal("Already \(status.action.participle) ! Retry in \(status.remainingSeconds) sec")
  }

  /// Begins an order. The bar must be idle.
  ///
  /// - Parameters:
  ///   - action: what it is to do.
  ///   - request: the id of the order.
  ///   - runs: what the pumps are to do.
  ///   - expected: how long that is expected to take.
  public mutating func begin(
    _ action: BarAction, request: UInt32, _ runs: [PumpRun], expected: Duration, at now: Duration
  ) {
    precondition(work == nil, "one order at a time")
    alarm = nil
    work = Work(
      request: request, action: action, expected: expected, startedAt: now, endsAt: now + expected, nextStatus: now,
      log: PumpLog(runs))
  }

  /// Corrects when the order is expected to be over.
  public mutating func expectEnd(at end: Duration) { work?.endsAt = end }

  /// Enters that a pump was switched.
  public mutating func enter(_ pump: Pump, isOn: Bool, at time: Duration) {
    work?.log.enter(pump, isOn: isOn, at: time)
  }

  /// Enters why pumps are being switched off early.
  public mutating func enter(alarm text: String) { alarm = text }

  /// Ends the order early: all pumps are to be switched off. The first reason counts, unless a later one is that nobody
  /// knows how much was poured.
  ///
  /// - Parameters:
  ///   - result: as what it ends.
  ///   - arePumpsOff: whether they are off already.
  public mutating func stop(as result: BarResult, _ reason: String, arePumpsOff: Bool = false, at now: Duration) {
    if work?.stop == nil || result == .failed(mayHavePoured: true) { work?.stop = (result, reason) }
    if arePumpsOff { work?.log.enterAllOff(at: now) }
  }

  /// Whether the order is being stopped.
  public var isStopping: Bool { work?.stop != nil }

  /// Ends the order once all of its pumps are done; the bar is idle then.
  public mutating func end() -> Ending? {
    guard let work, work.log.isOver else { return nil }
    self.work = nil
    let status = Status(
      action: work.action, initialSeconds: work.expected.secondsUp, remainingSeconds: 0, running: [])
    let (result, text) = outcome(of: work)
    return Ending(request: work.request, result: result, text: text, runs: work.log.runs, status: status)
  }

  private func outcome(of work: Work) -> (BarResult, String) {
    let shortfall = work.log.shortfall
    if let (result, reason) = work.stop {
      return (result, shortfall.map { "\(reason): \($0)" } ?? reason)
    }
    guard let shortfall else { return (.done, work.action.success) }
    return (.failed(mayHavePoured: false), "\(alarm ?? "the pumps were switched off early"): \(shortfall)")
  }

  /// The status if it is due: at the beginning, and each second from then on.
  public mutating func nextStatus(at now: Duration) -> Status? {
    guard let work, work.nextStatus <= now else { return nil }
    // After a pause, such as that of a stopped process, the seconds go on from their beginning.
    let passed = ((now - work.startedAt) / .seconds(1)).rounded(.down)
    let next = work.startedAt + .seconds(passed + 1)
    // Just after the expected end the real one comes, and nobody needs to hear of a last second.
    let end = work.endsAt..<work.endsAt + .milliseconds(500)
    self.work?.nextStatus = end.contains(next) ? end.upperBound : next
    return status(at: now)
  }

  /// What is to be seen now; nil if nothing is carried out.
  public func status(at now: Duration) -> Status? {
    work.map {
      Status(
        action: $0.action, initialSeconds: $0.expected.secondsUp,
        remainingSeconds: max(1, ($0.endsAt - now).secondsUp), running: $0.log.running)
    }
  }
}

/// How an order ended.
public enum BarResult: Equatable, Sendable {
  /// All of it was poured.
  case done
  /// Somebody ended it early.
  case cancelled
  /// Something went wrong. `mayHavePoured`: nobody knows how much was poured.
  case failed(mayHavePoured: Bool)
}
