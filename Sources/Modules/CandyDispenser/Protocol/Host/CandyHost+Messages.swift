extension CandyHost {
  mutating func handleProbe(at now: UInt64) {
    guard case .searching(var search) = phase else { return }
    let packets = search.probed(at: now)
    phase = .searching(search)
    send(packets)
  }

  mutating func handle(_ message: CandyMessage, at now: UInt64) {
    switch phase {
    case .closed, .disconnected: break
    case .searching(let search): handle(message, during: search, at: now)
    case .settling, .checking, .connected, .disconnecting:
      receivedAt = now
      acknowledge(message)
      handleConnected(message, at: now)
    }
  }

  private mutating func handle(_ message: CandyMessage, during search: CandySearch, at now: UInt64) {
    var search = search
    switch message {
    case .established where search.isEstablishing:
      firmware = search.isProbed ? .candycom : .unprobed
      receivedAt = now
      phase = .settling(until: now + CandyTime.milliseconds(Self.settleMilliseconds))
    case .disconnected:
      search.saidGoodbye(at: now)
      phase = .searching(search)
    case .alive: keepAlive.answer()
    case .dispensed, .taken, .marchTaken, .jam: report(.unexpected(message))
    default:
      if message.isCommand { leavePort(.echo) }
    }
  }

  /// Events are acknowledged whatever they mean here; a dispenser may wait for it.
  private mutating func acknowledge(_ message: CandyMessage) {
    switch message {
    case .taken: send(.takenNoted)
    case .jam: send(.jamNoted)
    case .marchTaken: send(.marchTakenNoted)
    case .marchDispensed: send(.marchDispensedNoted)
    default: break
    }
  }

  private mutating func handleConnected(_ message: CandyMessage, at now: UInt64) {
    switch message {
    case .alive: handleAlive(at: now)
    case .dispensed: handleDispensed(at: now)
    case .taken: handleTaken(message, at: now)
    case .marchTaken:
      firmware = .march2024
      handleTaken(message, at: now)
    // The firmware that has this event sends `@iD` as well, and only that counts.
    case .marchDispensed: firmware = .march2024
    case .jam: handleJam(at: now)
    case .resetDone: handleResetDone(at: now)
    case .disconnected: handleDisconnected(at: now)
    // One answer for each `~ES` that was sent.
    case .established: break
    default: report(.unexpected(message))
    }
  }

  private mutating func handleDisconnected(at now: UInt64) {
    switch phase {
    case .disconnecting: finishDisconnect()
    // Meant for an earlier host; the check of the new connection shows whether it stands.
    case .settling, .checking: report(.unexpected(.disconnected))
    default:
      lose(.ended)
      search(at: now)
    }
  }

  private mutating func handleAlive(at now: UInt64) {
    keepAlive.answer()
    if case .checking(let number, let since, _) = phase {
      phase = .checking(number: number, since: since, isAlive: true)
      if keepAlive.isAnswered(number) { becomeConnected(at: now) }
    }
    if let number = giveUpNumber, keepAlive.isAnswered(number) {
      finishHead(.unanswered(.silence), at: now)
      sendDispenses(at: now)
    }
  }

  mutating func becomeConnected(at now: UInt64) {
    phase = .connected
    planKeepAlive(at: now)
    report(.connected(firmware ?? .unprobed))
  }
}
