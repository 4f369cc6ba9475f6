import BusWire

/// The connections, what each of them is at the moment, and the names of those that are modules.
struct Modules: ~Copyable {
  /// What a connection is. Times are monotonic nanoseconds.
  enum State {
    /// The slot is not in use.
    case free
    /// Connected; HELLO has not come yet.
    case greeting(until: UInt64)
    /// A module of the bus.
    case live(Member)
    /// Its GOODBYE is on the way out; what it sends is thrown away.
    case leaving(until: UInt64)
    /// All is sent and the sending side is shut; the other end may still read.
    case lingering(until: UInt64)
  }

  struct Connection {
    var state = State.free
    /// Who is at the other end, if that is known.
    var process: PeerProcess?
    var liveness = Liveness()
  }

  private var connections = SlotTable<Connection>()
  private var freeSlots: [UInt32] = []
  private var slotCount: UInt32 = 0
  private var slotsByKey: [ModuleKey: SessionID] = [:]
  private var nextSource: UInt32 = 1
  /// Connections at the moment, whatever they are.
  private(set) var count = 0

  init() {}

  /// A new connection in a free slot, which has this long to say HELLO.
  mutating func open(until deadline: UInt64, by process: PeerProcess?) -> SessionID {
    let id = SessionID(slot: freeSlots.popLast() ?? slotCount)
    if id.slot == slotCount { slotCount += 1 }
    connections.open(id, Connection(state: .greeting(until: deadline), process: process))
    count += 1
    return id
  }

  mutating func close(_ id: SessionID) {
    leaveName(of: id)
    connections[id] = Connection()
    freeSlots.append(id.slot)
    count -= 1
  }

  // MARK: What it is

  /// Every slot that may be in use.
  var ids: some Sequence<SessionID> { connections.ids }

  func state(of id: SessionID) -> State { connections[id].state }

  @inline(__always)
  func isLive(_ id: SessionID) -> Bool {
    if case .live = connections[id].state { true } else { false }
  }

  func isGreeting(_ id: SessionID) -> Bool {
    if case .greeting = connections[id].state { true } else { false }
  }

  func isLeaving(_ id: SessionID) -> Bool {
    if case .leaving = connections[id].state { true } else { false }
  }

  /// What is known of a module; nil of any other connection.
  func member(_ id: SessionID) -> Member? {
    if case .live(let member) = connections[id].state { member } else { nil }
  }

  /// Names that are taken.
  var nameCount: Int { slotsByKey.count }

  /// The module that has a name.
  func holder(of key: ModuleKey) -> SessionID? { slotsByKey[key] }

  // MARK: What it becomes

  /// Makes a connection a module, with an id that none before had.
  mutating func join(_ id: SessionID, _ hello: Hello, at now: UInt64) -> Member {
    let process = connections[id].process
    let identity = ModuleIdentity(
      id: nextSource, name: hello.name, instance: hello.instance, pid: process?.id ?? hello.pid)
    let member = Member(identity: identity, isObserver: hello.observer, user: process?.user)
    nextSource = nextSource == .max ? 1 : nextSource + 1
    connections[id].state = .live(member)
    connections[id].liveness.heard(at: now)
    slotsByKey[member.key] = id
    return member
  }

  /// Makes any connection one that gets its GOODBYE and is a module no more.
  mutating func leave(_ id: SessionID, until deadline: UInt64) {
    leaveName(of: id)
    connections[id].state = .leaving(until: deadline)
  }

  /// Waits for the other end, until the deadline that it had for its GOODBYE.
  mutating func linger(_ id: SessionID) {
    if case .leaving(let deadline) = connections[id].state { connections[id].state = .lingering(until: deadline) }
  }

  private mutating func leaveName(of id: SessionID) {
    if let member = member(id) { slotsByKey[member.key] = nil }
  }

  // MARK: Whether it answers

  func isHung(_ id: SessionID) -> Bool { connections[id].liveness.isHung }

  @inline(__always)
  mutating func heard(_ id: SessionID, at now: UInt64) { connections[id].liveness.heard(at: now) }

  mutating func answered(_ id: SessionID, at now: UInt64) -> Bool { connections[id].liveness.answered(at: now) }

  mutating func checkLiveness(of id: SessionID, at now: UInt64, unread: UInt64) -> Liveness.Step {
    connections[id].liveness.step(at: now, unread: unread)
  }
}
