import BusClient
import CandyDispenserProtocol
import Frames

/// What the bus asks of the dispenser, and what it is told of it: each command is done or refused, and each candy and
/// each reset reported.
struct CandyOrders {
  private let bus: Bus
  private var jobs: Jobs<CandyDispense>
  private var book = CandyBook()
  /// The request of a reset whose end was not reported yet.
  private var reset: UInt32?

  /// - Throws: `BusError` if another process has the journal.
  init(_ bus: Bus) throws(BusError) {
    self.bus = bus
    jobs = try Jobs(bus) { CandyOutcome(abandoned: $0) }
  }

  // MARK: Commands

  /// Does what a frame asks for, or says why not.
  mutating func handle(_ frame: Frame, _ host: inout CandyHost, at now: UInt64) throws {
    if frame.type == .candyDispense {
      try decide(frame, host)
    } else if let cancel = try frame.decode(CandyCancel.self) {
      book.cancel(cancel.request)
      host.cancel(request: cancel.request)
    } else if let order = try frame.decode(CandyReset.self) {
      if try attempt(.reset, order.request, { () throws(CandyRefusal) in try host.reset(at: now) }) {
        reset = order.request
      }
    } else if let order = try frame.decode(CandyDisconnect.self) {
      try attempt(.disconnect, order.request) { () throws(CandyRefusal) in try host.disconnect(at: now) }
    } else if let order = try frame.decode(CandyConnect.self) {
      try attempt(.connect, order.request) { () throws(CandyRefusal) in try host.connect(at: now) }
    }
  }

  private mutating func decide(_ frame: Frame, _ host: CandyHost) throws {
    guard let dispense = try jobs.command(in: frame) else { return }
    do throws(CandyRefusal) {
      try host.checkDispense(request: dispense.request, count: dispense.count)
      jobs.accept(dispense)
    } catch {
      jobs.refuse(dispense, CandyOutcome(dispense.request, refusedBecause: error))
    }
  }

  /// - Returns: whether the host does it; who asked is told if not.
  @discardableResult
  private func attempt(
    _ command: CandyCommand, _ request: UInt32, _ body: () throws(CandyRefusal) -> Void
  ) throws(BusError) -> Bool {
    do throws(CandyRefusal) {
      try body()
      return true
    } catch {
      try bus.send(CandyRefused(request: request, command: command, reason: error.reason, text: "\(error)"))
      return false
    }
  }

  /// Starts what was accepted, now that it is written down.
  ///
  /// - Returns: what the host does from now on.
  mutating func start(_ host: inout CandyHost, at now: UInt64) -> [CandyDispense] {
    var started: [CandyDispense] = []
    for dispense in jobs.commit() {
      do throws(CandyRefusal) {
        try host.dispense(request: dispense.request, count: dispense.count, at: now)
        book.open(dispense.request, count: dispense.count)
        started.append(dispense)
      } catch {
        // Two that came in one turn may be too many together.
        jobs.end(CandyOutcome(dispense.request, refusedBecause: error))
      }
    }
    return started
  }

  /// Writes down what has ended, then says so on the bus.
  mutating func commit() { jobs.commit() }

  // MARK: What comes of them

  /// Reports what happened to a candy or a reset.
  mutating func report(_ event: CandyEvent) throws(BusError) {
    switch event {
    case .dispensed(let candy):
      try jobs.report(CandyDispensed(request: candy.request, number: candy.number, count: candy.of))
    case .taken(let candy):
      try jobs.report(CandyTaken(request: candy.request, number: candy.number, count: candy.of))
    case .failed(let candy, let failure):
      try jobs.report(
        CandyFailed(
          request: candy.request, number: candy.number, count: candy.of, reason: failure.reason,
          mayHaveFallen: failure.mayHaveFallen, text: "\(failure)"))
    case .notTaken(let candy, let untaken):
      try jobs.report(
        CandyNotTaken(request: candy.request, number: candy.number, count: candy.of, reason: untaken.reason))
    case .jamSuspected(let candy): try reportJam(candy, true)
    case .jamCleared(let candy): try reportJam(candy, false)
    case .resetDone: try reportReset(answered: true)
    case .resetUnanswered: try reportReset(answered: false)
    case .connected, .lost, .disconnected, .notFound, .echo, .unexpected, .noise: return
    }
    if let outcome = book.enter(event) { jobs.end(outcome) }
  }

  private mutating func reportJam(_ candy: Candy, _ isSuspected: Bool) throws(BusError) {
    try jobs.report(
      CandyJam(request: candy.request, number: candy.number, count: candy.of, suspected: isSuspected))
  }

  private mutating func reportReset(answered: Bool) throws(BusError) {
    guard let request = reset else { return }
    // A late answer is the truth, whatever was said before.
    if answered { reset = nil }
    try bus.send(CandyResetDone(request: request, answered: answered))
  }
}

extension CandyRefusal {
  /// What a frame says for it.
  fileprivate var reason: CandyRefusalReason {
    switch self {
    case .notConnected: .notConnected
    case .nothingAsked: .invalid
    case .queueFull: .queueFull
    case .requestPending: .requestPending
    case .resetPending: .resetPending
    case .notDisconnected: .notDisconnected
    }
  }
}

extension CandyFailure {
  /// What a frame says for it.
  fileprivate var reason: CandyFailureReason {
    switch self {
    case .jam: .jam
    case .notSent: .notSent
    case .unanswered: .unanswered
    }
  }
}

extension CandyUntaken {
  /// What a frame says for it.
  fileprivate var reason: CandyUntakenReason {
    switch self {
    case .timeout: .timeout
    case .connectionEnded: .connectionEnded
    }
  }
}

extension CandyOutcome {
  /// A request that was not accepted.
  fileprivate init(_ request: UInt32, refusedBecause refusal: CandyRefusal) {
    self.init(request: request, outcome: .refused, text: "\(refusal)", refusal: refusal.reason)
  }

  /// A request that an earlier process of the module accepted, and of which nobody knows how far it came.
  fileprivate init(abandoned request: CandyDispense) {
    self.init(
      request: request.request, outcome: .failed,
      text: "the module was restarted, and nobody knows what fell of \(request.count): look into the tray",
      mayHaveFallen: true)
  }
}
