/// The dispenser's side of CandyCom, for a machine with a motor, a beam that a falling candy breaks and a beam in the
/// tray that a hand breaks.
///
/// A pure state machine; compatible on the wire with the firmware, and without its traps: the probe and `~ES` are
/// answered in any state and found anywhere in the stream, `~RS` is answered while the motor turns, a motor that turns
/// too long is stopped and reported, and each candy is reported as taken once. Its owner has the port, the pins and the
/// clock: it reports what happens, calls `tick` when `deadline` has passed, and after every call takes all actions.
/// Times are monotonic nanoseconds and never go back.
public struct CandyDispenser: Sendable {
  /// Times and limits of a dispenser.
  public struct Settings: Hashable, Sendable {
    /// How long the motor turns for one candy; then it is a jam, or there are none left.
    public var motorSeconds: UInt32 = 5
    /// A host whose `~RS` stays away for this long is gone.
    public var watchdogSeconds: UInt32 = 80
    /// A tray beam that breaks again within this time is still the same hand.
    public var handMilliseconds: UInt32 = 200
    /// Dispenses that may wait, and messages that may wait to be sent.
    public var messagesMax = 64

    /// The usual settings.
    public init() {}
  }

  /// What the owner of a dispenser is to do.
  public enum Action: Hashable, Sendable {
    case send(CandyPacket)
    case startMotor
    case stopMotor
    /// There was no room for it, so nothing comes of it.
    case refused(CandyMessage)
  }

  private let settings: Settings
  private var scanner = CandyScanner()
  /// When the connected host counts as gone; nil without one.
  private var hostDeadline: UInt64?
  /// When the motor has turned too long; nil while it stands.
  private var motorDeadline: UInt64?
  /// Dispenses that were asked for and have no result, the one under way included.
  public private(set) var waitingCount = 0
  private var tray = CandyTray()
  private var output: CandyOutput

  /// A dispenser that waits for its host.
  public init(settings: Settings = Settings()) {
    self.settings = settings
    output = CandyOutput(packetsMax: settings.messagesMax)
  }

  /// Whether a host is connected.
  public var isConnected: Bool { hostDeadline != nil }
  /// Whether the motor turns.
  public var isTurning: Bool { motorDeadline != nil }
  /// Candies that fell and that nobody has taken yet.
  public var untakenCount: Int { tray.candyCount }

  /// The next thing to do, in order; nil if there is none.
  public mutating func nextAction() -> Action? { output.next() }

  // MARK: The machine

  /// A candy broke the beam under the motor.
  public mutating func candyFell(at now: UInt64) {
    guard isTurning else { return }
    finishDispense(.dispensed)
    tray.candyFell()
    startMotor(at: now)
  }

  /// The beam in the tray was broken or is whole again.
  public mutating func trayBeam(isBroken: Bool, at now: UInt64) {
    let quiet = CandyTime.milliseconds(settings.handMilliseconds)
    if tray.beamChanged(isBroken: isBroken, at: now, quietNanoseconds: quiet) { output.send(.message(.taken)) }
  }

  /// When `tick` is due; nil if nothing is waited for.
  public var deadline: UInt64? { CandyTime.earliest(motorDeadline, hostDeadline) }

  /// Looks at the time.
  public mutating func tick(at now: UInt64) {
    if let motorDeadline, now >= motorDeadline {
      finishDispense(.jam)
      startMotor(at: now)
    }
    // Nobody reads a goodbye, and the next host would take it for the answer to its probe.
    if let hostDeadline, now >= hostDeadline { forgetHost() }
  }

  private mutating func startMotor(at now: UInt64) {
    guard waitingCount > 0, !isTurning else { return }
    motorDeadline = now + CandyTime.seconds(settings.motorSeconds)
    output.append(.startMotor)
  }

  private mutating func stopDispensing() {
    if isTurning { output.append(.stopMotor) }
    motorDeadline = nil
    waitingCount = 0
  }

  private mutating func finishDispense(_ result: CandyMessage) {
    motorDeadline = nil
    waitingCount -= 1
    output.append(.stopMotor)
    output.send(.message(result))
  }

  // MARK: The host

  /// Bytes came from the host. They may be cut anywhere.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    for byte in bytes {
      switch scanner.take(byte) {
      case .message(let message): handle(message, at: now)
      case .probe:
        // A new host looks for its port. The answer is the first thing that it reads.
        forgetHost()
        output.send(.probe)
      case .padding, nil: break
      }
    }
  }

  private mutating func handle(_ message: CandyMessage, at now: UInt64) {
    switch message {
    case .establish:
      // What an earlier host asked for is not done for the next one, which would take it for its own.
      endConnection()
      feedWatchdog(at: now)
      output.send(.message(.established))
    case .disconnect:
      forgetHost()
      output.send(.message(.disconnected))
    case .keepAlive where isConnected:
      feedWatchdog(at: now)
      output.send(.message(.alive))
    case .dispense where isConnected: queueDispense(at: now)
    case .reset where isConnected:
      stopDispensing()
      output.send(.message(.resetDone))
    // Notes of the host, and commands without a connection.
    default: break
    }
  }

  private mutating func feedWatchdog(at now: UInt64) {
    hostDeadline = now + CandyTime.seconds(settings.watchdogSeconds)
  }

  private mutating func queueDispense(at now: UInt64) {
    guard waitingCount < settings.messagesMax else { return output.append(.refused(.dispense)) }
    waitingCount += 1
    startMotor(at: now)
  }

  /// Forgets everything that belongs to a host, and does not send what waits for it.
  private mutating func forgetHost() {
    endConnection()
    output.dropPackets()
  }

  private mutating func endConnection() {
    stopDispensing()
    tray.forgetCandies()
    hostDeadline = nil
  }
}

/// What the owner of a dispenser is to do, with a limit on the packets among it.
private struct CandyOutput: Sendable {
  private let packetsMax: Int
  private var actions = CandyActionQueue<CandyDispenser.Action>()
  private var packetCount = 0

  init(packetsMax: Int) { self.packetsMax = packetsMax }

  mutating func next() -> CandyDispenser.Action? {
    let action = actions.next()
    if case .send = action { packetCount -= 1 }
    return action
  }

  mutating func append(_ action: CandyDispenser.Action) { actions.append(action) }

  mutating func send(_ packet: CandyPacket) {
    guard packetCount < packetsMax else {
      if case .message(let message) = packet { append(.refused(message)) }
      return
    }
    packetCount += 1
    append(.send(packet))
  }

  mutating func dropPackets() {
    actions.keep { action in
      if case .send = action { false } else { true }
    }
    packetCount = 0
  }
}
