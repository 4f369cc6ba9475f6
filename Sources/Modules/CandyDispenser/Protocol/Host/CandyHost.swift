/// The host's side of CandyCom: finds the dispenser at a port, keeps the connection, and asks for candies one by one.
///
/// A pure state machine. Its owner has the port and the clock: it reports what happens at the port, calls `tick` when
/// `deadline` has passed, and after every call takes all actions. Times are monotonic nanoseconds and never go back.
/// No candy is ever asked for twice: one that was asked for and not answered when a connection ends is reported as
/// `CandyFailure.unanswered`, and nothing that waited is sent on a later connection.
public struct CandyHost: Sendable {
  enum Phase {
    /// The owner has no port, or is to open it again.
    case closed
    /// By request; the port may be open.
    case disconnected
    case searching(CandySearch)
    /// The tasks of the firmware start 0.5 s after its `@es`.
    case settling(until: UInt64)
    /// The `~RS` with this number must be answered, so that everything old has come in.
    case checking(number: UInt64, since: UInt64, isAlive: Bool)
    case connected
    case disconnecting(until: UInt64)
  }

  static let settleMilliseconds: UInt32 = 1000
  /// How long a dispenser may be quiet before the check of a new connection ends. More than the period of the
  /// keep-alive, because answers of an earlier connection come as far apart as their questions.
  static let checkSeconds: UInt32 = 8

  let settings: Settings
  var phase = Phase.closed
  var isPortOpen = false
  /// The firmware at the other end; nil while there is no connection.
  public internal(set) var firmware: CandyFirmware?
  var scanner = CandyScanner()
  var reportedSkippedBytes: UInt64 = 0
  var keepAlive = KeepAlive()
  var nextKeepAlive: UInt64 = 0
  /// When the last valid message came.
  var receivedAt: UInt64 = 0
  var ledger = CandyLedger()
  /// Since when the oldest dispense is the only thing that the dispenser should be busy with.
  var headSince: UInt64 = 0
  /// Whether the oldest dispense takes too long.
  public internal(set) var isJamSuspected = false
  /// Whether the dispenser said that it is jammed or empty, and has neither dispensed nor been reset since.
  public internal(set) var isJammed = false
  /// The `~RS` whose answer proves that the oldest dispense will not be answered any more.
  var giveUpNumber: UInt64?
  /// No dispense is sent before.
  var pausedUntil: UInt64 = 0
  /// When a reset counts as unanswered.
  var resetDeadline: UInt64?
  private var actions = CandyActionQueue<CandyAction>()

  /// A host without a port.
  public init(settings: Settings = Settings()) {
    self.settings = settings
  }

  /// The next thing to do, in order; nil if there is none.
  public mutating func nextAction() -> CandyAction? { actions.next() }

  mutating func send(_ message: CandyMessage) { actions.append(.send(.message(message))) }
  mutating func send(_ packets: [CandyPacket]) { for packet in packets { actions.append(.send(packet)) } }
  mutating func report(_ event: CandyEvent) { actions.append(.event(event)) }
  mutating func reopen() { actions.append(.reopen(afterSeconds: settings.reopenSeconds)) }
}

extension CandyHost {
  /// Where the connection stands.
  public var state: CandyState {
    switch phase {
    case .closed: .closed
    case .disconnected: .disconnected
    case .searching: .searching
    case .settling, .checking: .settling
    case .connected: .connected
    case .disconnecting: .disconnecting
    }
  }

  /// Candies that were asked for and whose outcome is open.
  public var queueLength: Int { ledger.waitingCount + ledger.sent.count }

  /// Candies that were dispensed and not taken yet, as far as is known.
  public var trayLength: Int { ledger.tray.count }
}
