extension CandyHost {
  /// Asks for candies; each of them gets its own events.
  ///
  /// - Parameters:
  ///   - request: an id that no unfinished request has.
  ///   - count: how many candies, at least 1.
  public mutating func dispense(request: UInt32, count: UInt16, at now: UInt64) throws(CandyRefusal) {
    try checkDispense(request: request, count: count)
    ledger.add(request, count: count)
    sendDispenses(at: now)
  }

  /// Throws what `dispense` would throw, and changes nothing.
  public func checkDispense(request: UInt32, count: UInt16) throws(CandyRefusal) {
    guard case .connected = phase else { throw .notConnected(state) }
    guard count > 0 else { throw .nothingAsked }
    guard !ledger.isPending(request) else { throw .requestPending(request) }
    let room = max(0, settings.queueMax - ledger.count)
    guard Int(count) <= room else { throw .queueFull(room: room) }
  }

  /// Gives up those candies of a request that still wait for their turn. One that the dispenser was asked for cannot be
  /// called back: it falls, or fails, as ever.
  ///
  /// A `failed` follows for each candy that is given up; nothing does if none waits.
  public mutating func cancel(request: UInt32) {
    while let candy = ledger.nextWaiting(of: request) { report(.failed(candy, .notSent(.cancel))) }
  }

  /// Tells the dispenser to stop its motor and to forget a jam. Candies that wait are given up.
  ///
  /// `resetDone` or `resetUnanswered` follows.
  public mutating func reset(at now: UInt64) throws(CandyRefusal) {
    guard case .connected = phase else { throw .notConnected(state) }
    guard resetDeadline == nil else { throw .resetPending }
    failWaiting(.reset)
    ledger.markReset()
    resetDeadline = now + CandyTime.seconds(settings.resetSeconds)
    send(.reset)
  }

  /// Ends the connection, or the search for one, until `connect`. Candies that wait are given up.
  ///
  /// `disconnected` follows when the dispenser has answered, its port has vanished, or the time for it is over.
  public mutating func disconnect(at now: UInt64) throws(CandyRefusal) {
    switch phase {
    case .disconnected, .disconnecting: throw .notConnected(state)
    case .closed, .searching:
      phase = .disconnected
      report(.disconnected)
    case .settling, .checking, .connected:
      failWaiting(.disconnect)
      phase = .disconnecting(until: now + CandyTime.seconds(settings.disconnectSeconds))
      send(.disconnect)
    }
  }

  /// Looks for the dispenser again after a `disconnect`.
  public mutating func connect(at now: UInt64) throws(CandyRefusal) {
    guard case .disconnected = phase else { throw .notDisconnected(state) }
    if isPortOpen { search(at: now) } else { phase = .closed }
  }
}
