import BusWire

/// The manager without its sockets: connections and bytes go in, bytes and events come out.
///
/// The host hands over what it reads with `read(_:_:)` and takes what is to be sent from `nextDirty()` and
/// `forEachPiece(of:_:)`. Times are monotonic nanoseconds that the host hands in, so a test decides what time it is.
public struct Broker: ~Copyable {
  /// The bounds of everything that waits or is kept.
  public let limits: ManagerLimits
  let busName: String
  let version: String

  var sessions = SessionTable()
  var modules = ModuleTable()
  var slotsByKey: [ModuleKey: SessionID] = [:]
  var registry = DeclarationRegistry()
  var routes = RouteTable()
  let types = TypeTally()
  var retained: Retained
  let pool: BlockPool
  var nextSource: UInt32 = 1
  var lastTicket: UInt64 = 0

  /// What was read last; frames are routed from here.
  let scratch: UnsafeMutableRawBufferPointer
  var dirty: [SessionID] = []
  /// Receivers of frames that still lie in `scratch`.
  var borrowers: [SessionID] = []
  var resumable: [SessionID] = []
  var ended: [SessionID] = []
  var events: [BrokerEvent] = []

  /// The first time that the host set.
  var startedAt: UInt64 = 0
  /// Now, as the host said last.
  public internal(set) var now: UInt64 = 0
  /// Now for time stamps, nanoseconds since the Unix epoch.
  var wallTime: UInt64 = 0
  /// No session's deadline is before it.
  var earliestDeadline = UInt64.max
  var isShuttingDown = false

  static let scratchBytes = 256 << 10
  /// A frame of more than this is gathered in blocks instead of the scratch buffer.
  static let largeFrameBytes = 32 << 10

  /// - Parameters:
  ///   - busName: what WELCOME calls the bus.
  ///   - version: what WELCOME calls the manager's version.
  public init(limits: ManagerLimits = ManagerLimits(), busName: String = "framebus", version: String = "0") {
    self.limits = limits
    self.busName = busName
    self.version = version
    pool = BlockPool(bytesMax: limits.queuesBytesMax)
    retained = Retained(bytesMax: min(limits.retainedBytesMax, limits.queuesBytesMax / 2))
    scratch = .allocate(byteCount: Self.scratchBytes, alignment: 64)
  }

  deinit {
    for id in sessions.ids {
      sessions[id].pending.removeAll(pool)
      sessions[id].output.removeAll(pool)
    }
    pool.deallocate()
    scratch.deallocate()
  }

  /// Sets the time for what follows.
  @inline(__always)
  public mutating func setTime(monotonic: UInt64, wall: UInt64) {
    if startedAt == 0 { startedAt = monotonic }
    now = monotonic
    wallTime = wall
  }

  /// Connections at the moment, whatever their state.
  public var sessionCount: Int { sessions.count }

  /// Takes a new connection.
  ///
  /// One over the limit gets GOODBYE like any that is refused; nil if too many of those are under way already.
  public mutating func open() -> SessionID? {
    guard sessions.count < limits.sessionsMax + Self.refusalsMax else { return nil }
    let id = sessions.insert()
    sessions[id].state = .greeting
    setDeadline(of: id, after: limits.helloNanoseconds)
    if sessions.count > limits.sessionsMax {
      refuse(id, .full, "\(limits.sessionsMax) connections are open, which is the limit; end some or raise it")
    }
    return id
  }

  /// Connections over the limit that can wait for their GOODBYE at a time.
  public static let refusalsMax = 32

  /// A GOODBYE, whole, for a connection that gets no session.
  public mutating func farewell(_ code: GoodbyeCode, _ text: String) -> [UInt8] {
    events.append(.refused(nil, code: code, text: text))
    return BusFrameBytes.encode(Goodbye(code: code, text: text), wallTime: wallTime)
  }

  /// Takes the events since the last call, for the log.
  public mutating func takeEvents() -> [BrokerEvent] {
    if events.isEmpty { return [] }
    defer { events = [] }
    return events
  }

  func identity(of id: SessionID) -> ModuleIdentity? {
    modules[id].map {
      ModuleIdentity(id: sessions[id].source, name: $0.key.name, instance: $0.key.instance, pid: $0.pid)
    }
  }

  mutating func setDeadline(of id: SessionID, after nanoseconds: UInt64) {
    sessions[id].deadline = now &+ nanoseconds
    earliestDeadline = min(earliestDeadline, now &+ nanoseconds)
  }
}
