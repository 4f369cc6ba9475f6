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

  let settings: Settings
  private var scanner = CandyScanner()
  /// Whether a host is connected.
  public internal(set) var isConnected = false
  /// Whether the motor turns.
  public internal(set) var isTurning = false
  /// Dispenses that were asked for and have no result, the one under way included.
  public internal(set) var waitingCount = 0
  /// Candies that fell and that nobody has taken yet.
  public internal(set) var untakenCount = 0
  var motorDeadline: UInt64 = 0
  var watchdogDeadline: UInt64 = 0
  var hand = CandyHand()
  private var actions = CandyActionQueue<Action>()
  private var unsentCount = 0

  /// A dispenser that waits for its host.
  public init(settings: Settings = Settings()) {
    self.settings = settings
  }

  /// The next thing to do, in order; nil if there is none.
  public mutating func nextAction() -> Action? {
    let action = actions.next()
    if case .send = action { unsentCount -= 1 }
    return action
  }

  /// Bytes came from the host. They may be cut anywhere.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    for byte in bytes {
      switch scanner.take(byte) {
      case .message(let message): handle(message, at: now)
      case .probe: answerProbe()
      case .padding, nil: break
      }
    }
  }

  mutating func act(_ action: Action) { actions.append(action) }

  mutating func send(_ packet: CandyPacket) {
    guard unsentCount < settings.messagesMax else {
      if case .message(let message) = packet { act(.refused(message)) }
      return
    }
    unsentCount += 1
    act(.send(packet))
  }

  /// Forgets what was not sent.
  mutating func flush() {
    actions.keep { action in
      if case .send = action { false } else { true }
    }
    unsentCount = 0
  }
}
