extension CandyDispenser {
  /// A new host looks for its port. Its answer is the first thing that it reads.
  mutating func answerProbe() {
    endConnection()
    flush()
    send(.probe)
  }

  mutating func handle(_ message: CandyMessage, at now: UInt64) {
    switch message {
    case .establish: establish(at: now)
    case .disconnect:
      endConnection()
      flush()
      send(.message(.disconnected))
    case .keepAlive where isConnected:
      feedWatchdog(at: now)
      send(.message(.alive))
    case .dispense where isConnected: queueDispense(at: now)
    case .reset where isConnected:
      stopDispensing()
      send(.message(.resetDone))
    // Notes of the host, and commands without a connection.
    default: break
    }
  }

  /// What an earlier host asked for is not done for the next one, which would take it for its own.
  private mutating func establish(at now: UInt64) {
    endConnection()
    isConnected = true
    feedWatchdog(at: now)
    send(.message(.established))
  }

  private mutating func feedWatchdog(at now: UInt64) {
    watchdogDeadline = now + CandyTime.seconds(settings.watchdogSeconds)
  }

  private mutating func queueDispense(at now: UInt64) {
    guard waitingCount < settings.messagesMax else { return act(.refused(.dispense)) }
    waitingCount += 1
    startMotor(at: now)
  }

  /// Forgets everything that belongs to a host.
  mutating func endConnection() {
    stopDispensing()
    untakenCount = 0
    hand.forgetCandies()
    isConnected = false
  }
}
