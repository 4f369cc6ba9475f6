import BusSystem
import BusWire
import ProgramKit

/// A module's connection to the bus.
///
/// It has no thread of its own: bytes move when one of its verbs is called, or while it waits. Use it from one thread.
/// It connects by itself and again after a break, and repeats its declarations and its listen set then.
public final class Bus {
  /// Who this client is.
  public let configuration: BusConfiguration
  let addresses: [BusAddress]
  let link: any Link

  var state = ConnectionState.disconnected(retryAt: 0)
  /// Why the last connection ended or could not be made.
  public internal(set) var lastFailure: BusError?
  /// Why the addresses tried before the present one failed.
  var attemptFailures: [String] = []
  /// How often a manager has welcomed this client. A change means that frames may be missing in between, and that
  /// module ids have another meaning.
  public internal(set) var connectionCount = 0
  /// Failures are thrown, not logged: somebody waits in `connect`.
  var isConnecting = false
  var backoff = Backoff()
  var reported = Causes()

  var inbox = Inbox()
  var outbox = Outbox()
  /// Frames that were sent since the outbox was empty last; some of them may have gone out already.
  var unsentFrames = 0
  var sequence: UInt32 = 0
  var payloadBytesMax = 4 << 20

  var declarations = Declarations()
  var history = History()
  var mismatches = Mismatches()
  /// Frames that the manager dropped instead of sending them here, since the start.
  public internal(set) var lostFrames: UInt64 = 0
  /// Losses that were not logged yet, and when the next line may be.
  var unloggedLosses: UInt64 = 0
  var nextLossLog: UInt64 = 0
  var lastLoss: Lost?
  var subscriptions: [Subscription] = []
  var question: Question?
  var openJobs = OpenJobs()
  var pongsWanted: UInt64 = 0
  var pongsSeen: UInt64 = 0
  var wakeInterests: [WakeInterest] = []
  var wakeAllowance = WakeAllowance()
  var readyDescriptors: [FileDescriptor] = []
  /// When `process()` is called at the latest, as `wake(at:)` has set it; nil if it was not set or has come.
  public internal(set) var wakeTime: Duration?

  /// How often `hasData` may still look for new frames in this turn; nil outside of turns.
  var looksLeft: Int?
  /// Whether this turn of `process()` is one of the regular ones; the others come early, because of new data.
  public package(set) var isBeat = false

  /// A client of the manager at the configured address. It connects when it first waits, or by `connect`.
  ///
  /// - Throws: `BusError` if the configuration means nothing.
  public convenience init(_ configuration: BusConfiguration) throws(BusError) {
    try self.init(configuration, link: SocketLink())
  }

  package init(_ configuration: BusConfiguration, link: any Link) throws(BusError) {
    guard WireProtocol.isValidName(configuration.name) else {
      throw BusError(
        .configuration, "'\(configuration.name)' is no module name; use 1 to 64 letters, digits and ._-")
    }
    self.configuration = configuration
    self.link = link
    addresses = try configuration.addresses()
  }

  /// Where the module's events go; `--log-level` says which.
  public var log: Log { configuration.log }

  /// How long the bus was away before the present connection; nil on the first one.
  ///
  /// Frames of that time are missing, and module ids have another meaning since.
  public internal(set) var lastAbsence: Duration?
  var disconnectedAt: UInt64?

  /// Whether the manager has welcomed this client and the connection stands.
  public var isConnected: Bool {
    if case .connected = state { true } else { false }
  }

  /// The module id that the manager gave; nil while not connected.
  public var moduleID: UInt32? {
    if case .connected(let id) = state { id } else { nil }
  }

  /// Whether a frame waits. It looks for new ones without waiting.
  ///
  /// In `process()` it looks a few times only: frames that come faster than they are handled are for the next turn, so
  /// that a flood keeps a module neither from its device nor from its end.
  public var hasData: Bool {
    if inbox.count == 0, looksLeft != 0 {
      looksLeft? -= 1
      exchange()
    }
    return inbox.count > 0
  }

  /// The next frame.
  ///
  /// - Throws: `BusError.noData` if there is none.
  public func getData() throws(BusError) -> Frame {
    guard let frame = nextFrame() else { throw .noData }
    return frame
  }

  /// The next frame; nil if there is none. It looks for new ones as `hasData` does.
  public func nextFrame() -> Frame? {
    guard hasData, var frame = inbox.next() else { return nil }
    frame.mismatch = mismatches.difference(of: frame.header)
    return frame
  }

  /// Says GOODBYE, sends what waits, and closes the connection for good.
  public func stop() {
    if isOpen {
      append(Goodbye(code: .leaving, text: "stopped"))
      flush(until: link.monotonicTime + Self.stopNanoseconds) { !self.outbox.isEmpty }
    }
    link.close()
    state = .stopped
  }

  /// How long `stop()` tries to send what waits.
  private static let stopNanoseconds: UInt64 = 1_000_000_000
}

/// Where a client stands with its manager.
enum ConnectionState: Equatable {
  case disconnected(retryAt: UInt64)
  /// HELLO is on its way to one of the addresses.
  case greeting(until: UInt64, address: Int)
  case connected(id: UInt32)
  case stopped
}
