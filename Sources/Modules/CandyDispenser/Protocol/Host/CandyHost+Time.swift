extension CandyHost {
  /// When `tick` is due; nil if nothing is waited for.
  public var deadline: UInt64? {
    switch phase {
    case .closed, .disconnected: nil
    case .searching(let search): search.deadline
    case .settling(let until), .disconnecting(let until): until
    case .checking(_, let since, _): checkDeadline(since)
    case .connected:
      CandyTime.earliest(
        nextKeepAlive, lostAt, headDeadline, ledger.tray.first?.deadline, resetDeadline, dispenseDue)
    }
  }

  /// Looks at the time.
  public mutating func tick(at now: UInt64) {
    switch phase {
    case .closed, .disconnected: break
    case .searching(let search): if now >= search.deadline { goOn(search, at: now) }
    case .settling(let until): if now >= until { check(at: now) }
    case .checking(_, let since, let isAlive): if now >= checkDeadline(since) { endCheck(isAlive, at: now) }
    case .disconnecting(let until): if now >= until { finishDisconnect() }
    case .connected: tickConnection(at: now)
    }
  }

  private mutating func goOn(_ search: CandySearch, at now: UInt64) {
    var search = search
    guard let packets = search.expire(at: now) else { return leavePort(.notFound) }
    phase = .searching(search)
    send(packets)
  }

  private mutating func check(at now: UInt64) {
    phase = .checking(number: keepAlive.ask(), since: now, isAlive: false)
    send(.keepAlive)
  }

  private func checkDeadline(_ since: UInt64) -> UInt64 {
    max(since, receivedAt) + CandyTime.seconds(Self.checkSeconds)
  }

  /// Nothing more comes in: the answers that are missing were lost with a reset. If none came, it is no connection.
  private mutating func endCheck(_ isAlive: Bool, at now: UInt64) {
    guard isAlive else { return search(at: now) }
    keepAlive.forgive()
    becomeConnected(at: now)
  }

  private var lostAt: UInt64 { receivedAt + CandyTime.seconds(settings.lostSeconds) }

  /// When something is to be done about the oldest dispense.
  private var headDeadline: UInt64? {
    guard !ledger.sent.isEmpty else { return nil }
    if !isJamSuspected { return headSince + CandyTime.seconds(settings.jamSeconds) }
    return giveUpNumber == nil ? headSince + CandyTime.seconds(max(settings.answerSeconds, settings.jamSeconds)) : nil
  }

  /// When the pause before the next dispense ends.
  private var dispenseDue: UInt64? {
    guard ledger.waitingCount > 0, resetDeadline == nil else { return nil }
    let isFree = !settings.isPaced || (ledger.sent.isEmpty && ledger.tray.isEmpty)
    return isFree ? pausedUntil : nil
  }

  private mutating func tickConnection(at now: UInt64) {
    if now >= lostAt {
      lose(.silent)
      return search(at: now)
    }
    if now >= nextKeepAlive { _ = askKeepAlive(at: now) }
    if let due = headDeadline, now >= due { worry(at: now) }
    while let untaken = ledger.tray.first, now >= untaken.deadline, let candy = ledger.nextFromTray() {
      report(.notTaken(candy, .timeout))
    }
    if let due = resetDeadline, now >= due {
      resetDeadline = nil
      report(.resetUnanswered)
    }
    sendDispenses(at: now)
  }

  /// - Returns: the number of the question.
  private mutating func askKeepAlive(at now: UInt64) -> UInt64 {
    planKeepAlive(at: now)
    send(.keepAlive)
    return keepAlive.ask()
  }

  mutating func planKeepAlive(at now: UInt64) {
    nextKeepAlive = now + CandyTime.seconds(max(1, settings.keepAliveSeconds))
  }

  private mutating func worry(at now: UInt64) {
    if !isJamSuspected, let head = ledger.sent.first {
      isJamSuspected = true
      report(.jamSuspected(head.candy))
    } else {
      giveUpNumber = askKeepAlive(at: now)
    }
  }
}
