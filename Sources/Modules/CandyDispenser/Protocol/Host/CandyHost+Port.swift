extension CandyHost {
  /// The port was opened and drained.
  public mutating func portOpened(at now: UInt64) {
    isPortOpen = true
    scanner.reset()
    reportedSkippedBytes = scanner.skippedBytes
    if case .closed = phase { search(at: now) }
  }

  /// The port is gone, or the owner closed it.
  ///
  /// - Parameter reason: for the log, such as the error of a read.
  public mutating func portClosed(reason: String, at now: UInt64) {
    isPortOpen = false
    switch phase {
    case .closed, .disconnected: break
    case .searching: phase = .closed
    case .settling, .checking, .connected:
      lose(.portClosed(reason))
      phase = .closed
    case .disconnecting: finishDisconnect()
    }
  }

  /// Bytes came from the port. They may be cut anywhere.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    guard isPortOpen else { return }
    for byte in bytes {
      guard let packet = scanner.take(byte) else { continue }
      switch packet {
      case .message(let message): handle(message, at: now)
      case .probe: handleProbe(at: now)
      case .padding: break
      }
    }
    if scanner.skippedBytes > reportedSkippedBytes {
      report(.noise(bytes: scanner.skippedBytes - reportedSkippedBytes))
      reportedSkippedBytes = scanner.skippedBytes
    }
  }

  /// Begins to look for a dispenser.
  mutating func search(at now: UInt64) {
    phase = .searching(CandySearch(at: now))
    send([.probe])
  }

  /// Gives a port up for a while.
  mutating func leavePort(_ event: CandyEvent) {
    report(event)
    phase = .closed
    isPortOpen = false
    reopen()
  }

  /// A connection is over; the caller says what comes next.
  mutating func lose(_ loss: CandyLoss) {
    report(.lost(loss))
    endConnection(.lost)
  }

  mutating func finishDisconnect() {
    endConnection(.disconnect)
    phase = .disconnected
    report(.disconnected)
  }

  private mutating func endConnection(_ cause: CandyInterruption) {
    while !ledger.sent.isEmpty { finishHead(.unanswered(cause), at: headSince) }
    failWaiting(cause)
    while let candy = ledger.nextFromTray() { report(.notTaken(candy, .connectionEnded)) }
    if resetDeadline != nil { report(.resetUnanswered) }
    resetDeadline = nil
    pausedUntil = 0
    isJammed = false
    firmware = nil
  }
}
