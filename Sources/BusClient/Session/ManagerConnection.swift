import BusWire

/// Where a client stands with its manager: which address it tries, when it tries again, and why the last connection
/// ended. Pure.
struct ManagerConnection {
  private enum Phase {
    case disconnected(retryAt: UInt64)
    /// The next address is being connected to; those before it have failed, for these reasons.
    case opening(failures: [String])
    /// HELLO is on its way there.
    case greeting(until: UInt64, failures: [String])
    case connected(id: UInt32)
    /// GOODBYE is on its way; the manager's own is waited for.
    case leaving
    case stopped
  }

  /// How long a manager may take to answer HELLO, in nanoseconds.
  static let greetingNanoseconds: UInt64 = 5_000_000_000

  private let addresses: [String]
  private var phase = Phase.disconnected(retryAt: 0)
  private var backoff: Backoff
  private var brokenAt: UInt64?
  /// Why the last connection ended or could not be made; nil after a welcome.
  private(set) var lastFailure: BusError?
  /// How often a manager has welcomed this client.
  private(set) var welcomes = 0
  /// How long the bus was away before the present connection; nil on the first one.
  private(set) var lastAbsence: Duration?

  /// - Parameters:
  ///   - addresses: where managers may be, for messages.
  ///   - seed: chance, so that clients do not all come back at once.
  init(addresses: [String], seed: UInt64) {
    self.addresses = addresses
    backoff = Backoff(seed: seed)
  }

  /// Whether bytes may move.
  var isOpen: Bool {
    switch phase {
    case .greeting, .connected, .leaving: true
    case .disconnected, .opening, .stopped: false
    }
  }

  /// The module id that the manager gave; nil while not connected.
  var id: UInt32? {
    if case .connected(let id) = phase { id } else { nil }
  }

  var isStopped: Bool {
    if case .stopped = phase { true } else { false }
  }

  /// Whether GOODBYE was said and the manager has not answered it.
  var isLeaving: Bool {
    if case .leaving = phase { true } else { false }
  }

  /// When something is due although nothing has come; nil if nothing is.
  var deadline: UInt64? {
    switch phase {
    case .disconnected(let time), .greeting(until: let time, _): time
    case .opening, .connected, .leaving, .stopped: nil
    }
  }

  /// Why nothing can be sent.
  var notConnected: BusError {
    if isStopped || isLeaving { return BusError(.stopped, "the bus was stopped") }
    let reason = lastFailure?.message ?? "the first attempt comes after init; send from process() on"
    return BusError(.notConnected, "not connected to a manager: \(reason)", cause: lastFailure)
  }

  /// Begins an attempt if one is due.
  ///
  /// - Returns: which address is to be opened; nil if none.
  mutating func begin(at now: UInt64) -> Int? {
    guard case .disconnected(let retryAt) = phase, now >= retryAt else { return nil }
    return open(after: [], at: now)
  }

  /// The address is open: HELLO goes out.
  mutating func opened(at now: UInt64) {
    guard case .opening(let failures) = phase else { return }
    phase = .greeting(until: now + Self.greetingNanoseconds, failures: failures)
  }

  /// - Returns: whether this is the answer to HELLO.
  mutating func welcomed(as id: UInt32, at now: UInt64) -> Bool {
    guard case .greeting = phase else { return false }
    phase = .connected(id: id)
    backoff.reset()
    lastFailure = nil
    welcomes += 1
    if let brokenAt { lastAbsence = .nanoseconds(now - brokenAt) }
    return true
  }

  /// Goes on to the next address if this one has never answered, else plans the next attempt.
  ///
  /// - Returns: which address is to be opened; nil if none.
  mutating func broke(_ reason: String, at now: UInt64) -> Int? {
    switch phase {
    case .opening(let failures), .greeting(_, let failures):
      return open(after: failures + ["\(addresses[failures.count]): \(reason)"], at: now)
    case .connected:
      end(BusError(.notConnected, "the connection to the manager is gone (\(reason)); trying again"), at: now)
    case .disconnected, .leaving, .stopped: break
    }
    return nil
  }

  private mutating func open(after failures: [String], at now: UInt64) -> Int? {
    guard failures.count < addresses.count else {
      end(
        BusError(
          .notConnected, "no manager is there (\(failures.joined(separator: "; "))); start one with bus-manager"),
        at: now)
      return nil
    }
    phase = .opening(failures: failures)
    return failures.count
  }

  /// Ends a connection that broke, was refused or could not be made, and plans the next attempt.
  mutating func end(_ failure: BusError, at now: UInt64) {
    if isStopped { return }
    if case .connected = phase { brokenAt = now }
    phase = .disconnected(retryAt: now + backoff.next())
    lastFailure = failure
  }

  /// GOODBYE was queued.
  mutating func leave() { phase = .leaving }

  mutating func stop() { phase = .stopped }
}

/// How long to wait before the next attempt to connect: longer each time, and not the same for everyone.
struct Backoff {
  static let firstNanoseconds: UInt64 = 50_000_000
  static let lastNanoseconds: UInt64 = 2_000_000_000

  private var delay = firstNanoseconds
  private var chance: UInt64

  init(seed: UInt64) { chance = seed }

  /// The delay before the next attempt, in nanoseconds: a quarter more or less than its middle.
  mutating func next() -> UInt64 {
    defer { delay = min(delay * 2, Self.lastNanoseconds) }
    // A linear congruential generator; its upper bits are the good ones.
    chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return delay - delay / 4 + (chance >> 33) % (delay / 2)
  }

  /// Starts anew after a connection that stood.
  mutating func reset() { delay = Self.firstNanoseconds }
}
