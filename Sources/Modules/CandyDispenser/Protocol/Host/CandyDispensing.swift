/// The candies of a connection: which may be asked for now, and what became of those that were. Pure.
struct CandyDispensing {
  typealias Actions = CandyActionQueue<CandyAction>

  /// How the oldest dispense stands.
  private enum Head {
    case none
    /// Since when it is the only thing that the dispenser should be busy with.
    case busy(since: UInt64)
    /// It takes too long.
    case jamSuspected(since: UInt64)
    /// The answer to the `~RS` with this number proves that it will not be answered any more.
    case askedBehind(number: UInt64)
  }

  private let settings: CandyHost.Settings
  private var ledger = CandyLedger()
  private var head = Head.none
  /// Whether the dispenser said that it is jammed or empty, and has neither dispensed nor been reset since.
  private(set) var isJammed = false
  /// No dispense is sent before; nil if there is no pause.
  private var pausedUntil: UInt64?
  /// When a reset counts as unanswered; nil if none is under way.
  private var resetDeadline: UInt64?

  init(settings: CandyHost.Settings) { self.settings = settings }

  /// Candies that were asked for and whose outcome is open.
  var queueLength: Int { ledger.waitingCount + ledger.sent.count }
  /// Candies that were dispensed and not taken yet, as far as is known.
  var trayLength: Int { ledger.tray.count }

  /// Whether the oldest dispense takes too long.
  var isJamSuspected: Bool {
    switch head {
    case .none, .busy: false
    case .jamSuspected, .askedBehind: true
    }
  }

  // MARK: Commands

  /// Throws if candies may not be asked for.
  func check(_ request: UInt32, count: UInt16) throws(CandyRefusal) {
    guard count > 0 else { throw .nothingAsked }
    guard !ledger.isPending(request) else { throw .requestPending(request) }
    let room = max(0, settings.queueMax - ledger.count)
    guard Int(count) <= room else { throw .queueFull(room: room) }
  }

  mutating func add(_ request: UInt32, count: UInt16) { ledger.add(request, count: count) }

  mutating func cancel(_ request: UInt32, _ actions: inout Actions) {
    while let candy = ledger.nextWaiting(of: request) { actions.report(.failed(candy, .notSent(.cancel))) }
  }

  mutating func reset(at now: UInt64, _ actions: inout Actions) throws(CandyRefusal) {
    guard resetDeadline == nil else { throw .resetPending }
    failWaiting(.reset, &actions)
    ledger.markReset()
    resetDeadline = now + CandyTime.seconds(settings.resetSeconds)
    actions.send(.reset)
  }

  mutating func failWaiting(_ cause: CandyInterruption, _ actions: inout Actions) {
    while let candy = ledger.nextWaiting() { actions.report(.failed(candy, .notSent(cause))) }
  }

  /// Sends what may be sent now.
  mutating func send(at now: UInt64, _ actions: inout Actions) {
    if let pausedUntil, now < pausedUntil { return }
    guard resetDeadline == nil else { return }
    while ledger.sent.isEmpty || !settings.isPaced {
      if settings.isPaced, !ledger.tray.isEmpty { return }
      guard ledger.sendNext() else { return }
      if ledger.sent.count == 1 { head = .busy(since: now) }
      actions.send(.dispense)
    }
  }

  // MARK: What the dispenser says

  mutating func handleDispensed(at now: UInt64, _ actions: inout Actions) {
    guard !ledger.sent.isEmpty else { return actions.report(.unexpected(.dispensed)) }
    finishHead(nil, at: now, &actions)
  }

  mutating func handleJam(at now: UInt64, _ actions: inout Actions) {
    guard !ledger.sent.isEmpty else { return actions.report(.unexpected(.jam)) }
    isJammed = true
    finishHead(.jam, at: now, &actions)
  }

  mutating func handleTaken(_ message: CandyMessage, at now: UInt64, _ actions: inout Actions) {
    let candy = ledger.nextFromTray()
    // The firmware still watches the hand, whoever it came for.
    let isPause = settings.isPaced || candy == nil
    pausedUntil = isPause ? now + CandyTime.milliseconds(settings.paceMilliseconds) : nil
    actions.report(candy.map { .taken($0) } ?? .unexpected(message))
  }

  mutating func handleResetDone(at now: UInt64, _ actions: inout Actions) {
    // It may come after the time for it is over; what was sent before it is stopped in any case.
    guard resetDeadline != nil || ledger.sent.first?.isBeforeReset == true else {
      return actions.report(.unexpected(.resetDone))
    }
    isJammed = false
    while ledger.sent.first?.isBeforeReset == true { finishHead(.unanswered(.reset), at: now, &actions) }
    resetDeadline = nil
    actions.report(.resetDone)
  }

  /// The dispenser has answered a `~RS`: the oldest dispense is given up if it was asked because of that.
  mutating func handleAlive(_ keepAlive: KeepAlive, at now: UInt64, _ actions: inout Actions) {
    guard case .askedBehind(let number) = head, keepAlive.isAnswered(number) else { return }
    finishHead(.unanswered(.silence), at: now, &actions)
  }

  /// The oldest dispense has an outcome: it fell, or it failed.
  private mutating func finishHead(_ failure: CandyFailure?, at now: UInt64, _ actions: inout Actions) {
    guard let candy = ledger.nextSent() else { return }
    let wasJammed = isJamSuspected || isJammed
    head = ledger.sent.isEmpty ? .none : .busy(since: now)
    if let failure { return actions.report(.failed(candy, failure)) }
    isJammed = false
    if wasJammed { actions.report(.jamCleared(candy)) }
    actions.report(.dispensed(candy))
    ledger.putIntoTray(candy, until: now + CandyTime.seconds(settings.takenSeconds))
  }

  /// The connection is over: every candy gets its outcome.
  mutating func end(_ cause: CandyInterruption, _ actions: inout Actions) {
    while let candy = ledger.nextSent() { actions.report(.failed(candy, .unanswered(cause))) }
    failWaiting(cause, &actions)
    while let candy = ledger.nextFromTray() { actions.report(.notTaken(candy, .connectionEnded)) }
    if resetDeadline != nil { actions.report(.resetUnanswered) }
    self = CandyDispensing(settings: settings)
  }

  // MARK: Time

  /// When something is due; nil if nothing is waited for.
  var deadline: UInt64? {
    CandyTime.earliest(doubtDue, ledger.tray.first?.deadline, resetDeadline, sendDue)
  }

  /// When something is to be done about the oldest dispense.
  private var doubtDue: UInt64? {
    switch head {
    case .busy(let since): since + CandyTime.seconds(settings.jamSeconds)
    case .jamSuspected(let since): since + CandyTime.seconds(max(settings.answerSeconds, settings.jamSeconds))
    case .none, .askedBehind: nil
    }
  }

  /// When the pause before the next dispense ends.
  private var sendDue: UInt64? {
    guard ledger.waitingCount > 0, resetDeadline == nil else { return nil }
    let isFree = !settings.isPaced || (ledger.sent.isEmpty && ledger.tray.isEmpty)
    return isFree ? pausedUntil : nil
  }

  /// Looks at the oldest dispense.
  ///
  /// - Returns: whether the dispenser must be asked for a sign of life; `askedBehind` gets the number of the question.
  mutating func doubtsHead(at now: UInt64, _ actions: inout Actions) -> Bool {
    guard let due = doubtDue, now >= due, let oldest = ledger.sent.first else { return false }
    guard case .busy(let since) = head else { return true }
    head = .jamSuspected(since: since)
    actions.report(.jamSuspected(oldest.candy))
    return false
  }

  /// The dispenser was asked for a sign of life because of the oldest dispense.
  mutating func asked(number: UInt64) { head = .askedBehind(number: number) }

  /// Gives up candies that nobody took, and a reset that was not answered.
  mutating func expire(at now: UInt64, _ actions: inout Actions) {
    while let untaken = ledger.tray.first, now >= untaken.deadline, let candy = ledger.nextFromTray() {
      actions.report(.notTaken(candy, .timeout))
    }
    if let due = resetDeadline, now >= due {
      resetDeadline = nil
      actions.report(.resetUnanswered)
    }
  }
}

extension CandyActionQueue where Action == CandyAction {
  mutating func send(_ message: CandyMessage) { append(.send(.message(message))) }
  mutating func send(_ packets: [CandyPacket]) { for packet in packets { append(.send(packet)) } }
  mutating func report(_ event: CandyEvent) { append(.event(event)) }
}
