extension CandyHost {
  /// Sends what may be sent now.
  mutating func sendDispenses(at now: UInt64) {
    guard case .connected = phase, resetDeadline == nil, now >= pausedUntil else { return }
    while ledger.sent.isEmpty || !settings.isPaced {
      if settings.isPaced, !ledger.tray.isEmpty { return }
      guard ledger.sendNext() else { return }
      if ledger.sent.count == 1 { headSince = now }
      send(.dispense)
    }
  }

  /// The oldest dispense has an outcome: it fell, or it failed.
  mutating func finishHead(_ failure: CandyFailure?, at now: UInt64) {
    guard let candy = ledger.nextSent() else { return }
    let wasJammed = isJamSuspected || isJammed
    isJamSuspected = false
    giveUpNumber = nil
    headSince = now
    if let failure { return report(.failed(candy, failure)) }
    isJammed = false
    if wasJammed { report(.jamCleared(candy)) }
    report(.dispensed(candy))
    ledger.putIntoTray(candy, until: now + CandyTime.seconds(settings.takenSeconds))
  }

  mutating func failWaiting(_ cause: CandyInterruption) {
    while let candy = ledger.nextWaiting() { report(.failed(candy, .notSent(cause))) }
  }

  mutating func handleDispensed(at now: UInt64) {
    guard !ledger.sent.isEmpty else { return report(.unexpected(.dispensed)) }
    finishHead(nil, at: now)
    sendDispenses(at: now)
  }

  mutating func handleJam(at now: UInt64) {
    guard !ledger.sent.isEmpty else { return report(.unexpected(.jam)) }
    isJammed = true
    finishHead(.jam, at: now)
    sendDispenses(at: now)
  }

  mutating func handleTaken(_ message: CandyMessage, at now: UInt64) {
    // The firmware still watches the hand, whoever it came for.
    pausedUntil = now + CandyTime.milliseconds(settings.paceMilliseconds)
    guard let candy = ledger.nextFromTray() else { return report(.unexpected(message)) }
    report(.taken(candy))
    if !settings.isPaced { pausedUntil = 0 }
  }

  mutating func handleResetDone(at now: UInt64) {
    // It may come after the time for it is over; what was sent before it is stopped in any case.
    guard resetDeadline != nil || ledger.sent.first?.isBeforeReset == true else {
      return report(.unexpected(.resetDone))
    }
    isJammed = false
    while ledger.sent.first?.isBeforeReset == true { finishHead(.unanswered(.reset), at: now) }
    resetDeadline = nil
    report(.resetDone)
    sendDispenses(at: now)
  }
}
