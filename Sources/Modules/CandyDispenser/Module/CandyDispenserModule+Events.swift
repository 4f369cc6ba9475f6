import BusClient
import CandyDispenserProtocol
import Frames

extension CandyDispenserModule {
  /// Reports what happened.
  mutating func handle(_ event: CandyEvent) throws {
    tally.count(event)
    try report(event)
    if let outcome = book.enter(event) { jobs.end(outcome) }
  }

  private mutating func report(_ event: CandyEvent) throws {
    switch event {
    case .connected(let firmware): setReason(.info, "connected", "firmware \(firmware)")
    case .lost(let loss): setReason(.warning, "lost", "\(loss)")
    case .disconnected: setReason(.info, "disconnected", "disconnected on request")
    case .notFound:
      setReason(.warning, "not_found", "nothing at \(line.path) answers; is it the dispenser's data port?")
    case .echo: setReason(.warning, "echo", "\(line.path) sends back what it is sent; it is no dispenser")
    case .dispensed(let candy):
      try send(CandyDispensed(request: candy.request, number: candy.number, count: candy.of))
    case .taken(let candy): try send(CandyTaken(request: candy.request, number: candy.number, count: candy.of))
    case .failed(let candy, let failure):
      try send(
        CandyFailed(
          request: candy.request, number: candy.number, count: candy.of, reason: failure.reason,
          mayHaveFallen: failure.mayHaveFallen, text: "\(failure)"))
    case .notTaken(let candy, let untaken):
      try send(
        CandyNotTaken(request: candy.request, number: candy.number, count: candy.of, reason: untaken.reason))
    case .jamSuspected(let candy): try reportJam(candy, true)
    case .jamCleared(let candy): try reportJam(candy, false)
    case .resetDone: try reportReset(answered: true)
    case .resetUnanswered: try reportReset(answered: false)
    case .unexpected(let message): warn(of: message)
    case .noise: break
    }
  }

  private mutating func setReason(_ level: Log.Level, _ event: String, _ reason: String) {
    tally.reason = reason
    bus.log(level, event, ["path": line.path, "reason": reason])
  }

  /// Once for each kind of message: a dispenser that has lost count repeats itself. The status has how many there were.
  private mutating func warn(of message: CandyMessage) {
    bus.log.once(
      .warning, "unexpected", cause: "\(message)",
      ["message": "\(message)", "credited_to": "nobody", "total": "in CANDY_STATUS"])
  }

  private mutating func reportJam(_ candy: Candy, _ isSuspected: Bool) throws {
    try send(
      CandyJam(request: candy.request, number: candy.number, count: candy.of, suspected: isSuspected))
  }

  private mutating func reportReset(answered: Bool) throws {
    guard let request = reset else { return }
    // A late answer is the truth, whatever was said before.
    if answered { reset = nil }
    try bus.send(CandyResetDone(request: request, answered: answered))
  }

  private mutating func send(_ progress: some JobFrame) throws {
    try jobs.report(progress)
  }
}

extension CandyFailure {
  /// What a frame says for it.
  var reason: CandyFailureReason {
    switch self {
    case .jam: .jam
    case .notSent: .notSent
    case .unanswered: .unanswered
    }
  }
}

extension CandyUntaken {
  /// What a frame says for it.
  var reason: CandyUntakenReason {
    switch self {
    case .timeout: .timeout
    case .connectionEnded: .connectionEnded
    }
  }
}
