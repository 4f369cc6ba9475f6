extension CandyDispenser {
  /// A candy broke the beam under the motor.
  public mutating func candyFell(at now: UInt64) {
    guard isTurning else { return }
    finishDispense(.dispensed)
    untakenCount += 1
    hand.candyFell()
    startMotor(at: now)
  }

  /// The beam in the tray was broken or is whole again.
  public mutating func trayBeam(isBroken: Bool, at now: UInt64) {
    let quiet = CandyTime.milliseconds(settings.handMilliseconds)
    guard hand.change(isBroken: isBroken, at: now, quietNanoseconds: quiet), untakenCount > 0 else { return }
    untakenCount -= 1
    send(.message(.taken))
  }

  /// When `tick` is due; nil if nothing is waited for.
  public var deadline: UInt64? {
    CandyTime.earliest(isTurning ? motorDeadline : nil, isConnected ? watchdogDeadline : nil)
  }

  /// Looks at the time.
  public mutating func tick(at now: UInt64) {
    if isTurning, now >= motorDeadline {
      finishDispense(.jam)
      startMotor(at: now)
    }
    // Nobody reads a goodbye, and the next host would take it for the answer to its probe.
    if isConnected, now >= watchdogDeadline {
      endConnection()
      flush()
    }
  }

  mutating func startMotor(at now: UInt64) {
    guard waitingCount > 0, !isTurning else { return }
    isTurning = true
    motorDeadline = now + CandyTime.seconds(settings.motorSeconds)
    act(.startMotor)
  }

  mutating func stopDispensing() {
    if isTurning { act(.stopMotor) }
    isTurning = false
    waitingCount = 0
  }

  private mutating func finishDispense(_ result: CandyMessage) {
    isTurning = false
    waitingCount -= 1
    act(.stopMotor)
    send(.message(result))
  }
}
