/// The host's side of CandyCom: finds the dispenser at a port, keeps the connection, and asks for candies one by one.
///
/// A pure state machine. Its owner has the port and the clock: it reports what happens at the port, calls `tick` when
/// `deadline` has passed, and after every call takes all actions. Times are monotonic nanoseconds and never go back.
/// No candy is ever asked for twice: one that was asked for and not answered when a connection ends is reported as
/// `CandyFailure.unanswered`, and nothing that waited is sent on a later connection.
public struct CandyHost: Sendable {
  private enum Phase {
    /// The owner has no port, or is to open it again.
    case closed
    /// By request; the port may be open.
    case disconnected
    case searching(CandySearch)
    case found(Contact)
  }

  /// A dispenser that has answered.
  private struct Contact {
    enum Stage {
      /// The tasks of the firmware start 0.5 s after its `@es`.
      case settling(until: UInt64)
      /// The `~RS` with this number must be answered, so that everything old has come in.
      case checking(number: UInt64, since: UInt64, isAlive: Bool)
      case connected(nextKeepAlive: UInt64)
      case disconnecting(until: UInt64)
    }

    var stage: Stage
    var firmware: CandyFirmware
    /// When the last valid message came.
    var receivedAt: UInt64
  }

  private static let settleMilliseconds: UInt32 = 1000
  /// How long a dispenser may be quiet before the check of a new connection ends. More than the period of the
  /// keep-alive, because answers of an earlier connection come as far apart as their questions.
  private static let checkSeconds: UInt32 = 8

  private let settings: Settings
  private var phase = Phase.closed
  private var isPortOpen = false
  private var scanner = CandyScanner()
  private var keepAlive = KeepAlive()
  private var dispensing: CandyDispensing
  private var actions = CandyActionQueue<CandyAction>()

  /// A host without a port.
  public init(settings: Settings = Settings()) {
    self.settings = settings
    dispensing = CandyDispensing(settings: settings)
  }

  /// The next thing to do, in order; nil if there is none.
  public mutating func nextAction() -> CandyAction? { actions.next() }

  // MARK: How it stands

  /// Where the connection stands.
  public var state: CandyState {
    switch phase {
    case .closed: .closed
    case .disconnected: .disconnected
    case .searching: .searching
    case .found(let contact):
      switch contact.stage {
      case .settling, .checking: .settling
      case .connected: .connected
      case .disconnecting: .disconnecting
      }
    }
  }

  /// The firmware at the other end; nil while there is no connection.
  public var firmware: CandyFirmware? {
    if case .found(let contact) = phase { contact.firmware } else { nil }
  }

  /// Whether the oldest dispense takes too long.
  public var isJamSuspected: Bool { dispensing.isJamSuspected }
  /// Whether the dispenser said that it is jammed or empty, and has neither dispensed nor been reset since.
  public var isJammed: Bool { dispensing.isJammed }
  /// Candies that were asked for and whose outcome is open.
  public var queueLength: Int { dispensing.queueLength }
  /// Candies that were dispensed and not taken yet, as far as is known.
  public var trayLength: Int { dispensing.trayLength }

  // MARK: Commands

  /// Asks for candies; each of them gets its own events.
  ///
  /// - Parameters:
  ///   - request: an id that no unfinished request has.
  ///   - count: how many candies, at least 1.
  public mutating func dispense(request: UInt32, count: UInt16, at now: UInt64) throws(CandyRefusal) {
    try checkDispense(request: request, count: count)
    dispensing.add(request, count: count)
    sendDispenses(at: now)
  }

  /// Throws what `dispense` would throw, and changes nothing.
  public func checkDispense(request: UInt32, count: UInt16) throws(CandyRefusal) {
    guard state == .connected else { throw .notConnected(state) }
    try dispensing.check(request, count: count)
  }

  /// Gives up those candies of a request that still wait for their turn. One that the dispenser was asked for cannot be
  /// called back: it falls, or fails, as ever.
  ///
  /// A `failed` follows for each candy that is given up; nothing does if none waits.
  public mutating func cancel(request: UInt32) {
    dispensing.cancel(request, &actions)
  }

  /// Tells the dispenser to stop its motor and to forget a jam. Candies that wait are given up.
  ///
  /// `resetDone` or `resetUnanswered` follows.
  public mutating func reset(at now: UInt64) throws(CandyRefusal) {
    guard state == .connected else { throw .notConnected(state) }
    try dispensing.reset(at: now, &actions)
  }

  /// Ends the connection, or the search for one, until `connect`. Candies that wait are given up.
  ///
  /// `disconnected` follows when the dispenser has answered, its port has vanished, or the time for it is over.
  public mutating func disconnect(at now: UInt64) throws(CandyRefusal) {
    switch phase {
    case .disconnected: throw .notConnected(state)
    case .closed, .searching:
      phase = .disconnected
      actions.report(.disconnected)
    case .found(var contact):
      if case .disconnecting = contact.stage { throw .notConnected(state) }
      dispensing.failWaiting(.disconnect, &actions)
      contact.stage = .disconnecting(until: now + CandyTime.seconds(settings.disconnectSeconds))
      phase = .found(contact)
      actions.send(.disconnect)
    }
  }

  /// Looks for the dispenser again after a `disconnect`.
  public mutating func connect(at now: UInt64) throws(CandyRefusal) {
    guard case .disconnected = phase else { throw .notDisconnected(state) }
    if isPortOpen { search(at: now) } else { phase = .closed }
  }

  // MARK: The port

  /// The port was opened and drained.
  public mutating func portOpened(at now: UInt64) {
    isPortOpen = true
    scanner.reset()
    _ = scanner.takeSkippedBytes()
    if case .closed = phase { search(at: now) }
  }

  /// The port is gone, or the owner closed it.
  ///
  /// - Parameter reason: for the log, such as the error of a read.
  public mutating func portClosed(reason: String, at now: UInt64) {
    isPortOpen = false
    switch phase {
    case .closed, .disconnected: break
    case .searching: phase = .closed
    case .found(let contact):
      if case .disconnecting = contact.stage { return finishDisconnect() }
      lose(.portClosed(reason))
      phase = .closed
    }
  }

  /// Bytes came from the port. They may be cut anywhere.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: UInt64) {
    guard isPortOpen else { return }
    for byte in bytes {
      guard let packet = scanner.take(byte) else { continue }
      switch packet {
      case .message(let message): handle(message, at: now)
      case .probe: handleProbe(at: now)
      case .padding: break
      }
    }
    let noise = scanner.takeSkippedBytes()
    if noise > 0 { actions.report(.noise(bytes: noise)) }
  }

  /// Begins to look for a dispenser.
  private mutating func search(at now: UInt64) {
    phase = .searching(CandySearch(at: now))
    actions.send([.probe])
  }

  /// Gives a port up for a while.
  private mutating func leavePort(_ event: CandyEvent) {
    actions.report(event)
    phase = .closed
    isPortOpen = false
    actions.append(.reopen(afterSeconds: settings.reopenSeconds))
  }

  /// A connection is over; the caller says what comes next.
  private mutating func lose(_ loss: CandyLoss) {
    actions.report(.lost(loss))
    dispensing.end(.lost, &actions)
  }

  private mutating func finishDisconnect() {
    dispensing.end(.disconnect, &actions)
    phase = .disconnected
    actions.report(.disconnected)
  }

  // MARK: Messages

  private mutating func handleProbe(at now: UInt64) {
    guard case .searching(var search) = phase else { return }
    let packets = search.probed(at: now)
    phase = .searching(search)
    actions.send(packets)
  }

  private mutating func handle(_ message: CandyMessage, at now: UInt64) {
    switch phase {
    case .closed, .disconnected: break
    case .searching(let search): handle(message, during: search, at: now)
    case .found(var contact):
      contact.receivedAt = now
      if message == .marchTaken || message == .marchDispensed { contact.firmware = .march2024 }
      phase = .found(contact)
      acknowledge(message)
      handle(message, from: contact, at: now)
    }
  }

  private mutating func handle(_ message: CandyMessage, during search: CandySearch, at now: UInt64) {
    var search = search
    switch message {
    case .established where search.isEstablishing:
      phase = .found(
        Contact(
          stage: .settling(until: now + CandyTime.milliseconds(Self.settleMilliseconds)),
          firmware: search.isProbed ? .candycom : .unprobed, receivedAt: now))
    case .disconnected:
      search.saidGoodbye(at: now)
      phase = .searching(search)
    case .alive: keepAlive.answer()
    case .dispensed, .taken, .marchTaken, .jam: actions.report(.unexpected(message))
    default:
      if message.isCommand { leavePort(.echo) }
    }
  }

  /// Events are acknowledged whatever they mean here; a dispenser may wait for it.
  private mutating func acknowledge(_ message: CandyMessage) {
    switch message {
    case .taken: actions.send(.takenNoted)
    case .jam: actions.send(.jamNoted)
    case .marchTaken: actions.send(.marchTakenNoted)
    case .marchDispensed: actions.send(.marchDispensedNoted)
    default: break
    }
  }

  private mutating func handle(_ message: CandyMessage, from contact: Contact, at now: UInt64) {
    switch message {
    case .alive: handleAlive(from: contact, at: now)
    case .dispensed: dispensing.handleDispensed(at: now, &actions)
    case .taken, .marchTaken: return dispensing.handleTaken(message, at: now, &actions)
    case .jam: dispensing.handleJam(at: now, &actions)
    case .resetDone: dispensing.handleResetDone(at: now, &actions)
    case .disconnected: return handleDisconnected(contact, at: now)
    // The firmware that has `marchDispensed` sends `@iD` as well, and only that counts; `established` comes once for
    // each `~ES` that was sent.
    case .marchDispensed, .established: return
    default: return actions.report(.unexpected(message))
    }
    sendDispenses(at: now)
  }

  private mutating func handleDisconnected(_ contact: Contact, at now: UInt64) {
    switch contact.stage {
    case .disconnecting: finishDisconnect()
    // Meant for an earlier host; the check of the new connection shows whether it stands.
    case .settling, .checking: actions.report(.unexpected(.disconnected))
    case .connected:
      lose(.ended)
      search(at: now)
    }
  }

  private mutating func handleAlive(from contact: Contact, at now: UInt64) {
    keepAlive.answer()
    if case .checking(let number, let since, _) = contact.stage {
      var contact = contact
      contact.stage = .checking(number: number, since: since, isAlive: true)
      phase = .found(contact)
      if keepAlive.isAnswered(number) { becomeConnected(contact, at: now) }
    }
    dispensing.handleAlive(keepAlive, at: now, &actions)
  }

  private mutating func becomeConnected(_ contact: Contact, at now: UInt64) {
    var contact = contact
    contact.stage = .connected(nextKeepAlive: keepAliveDue(after: now))
    phase = .found(contact)
    actions.report(.connected(contact.firmware))
  }

  private mutating func sendDispenses(at now: UInt64) {
    if state == .connected { dispensing.send(at: now, &actions) }
  }

  // MARK: Time

  /// When `tick` is due; nil if nothing is waited for.
  public var deadline: UInt64? {
    switch phase {
    case .closed, .disconnected: nil
    case .searching(let search): search.deadline
    case .found(let contact):
      switch contact.stage {
      case .settling(let until), .disconnecting(let until): until
      case .checking(_, let since, _): checkDeadline(contact, since)
      case .connected(let nextKeepAlive): CandyTime.earliest(nextKeepAlive, lostAt(contact), dispensing.deadline)
      }
    }
  }

  private func checkDeadline(_ contact: Contact, _ since: UInt64) -> UInt64 {
    max(since, contact.receivedAt) + CandyTime.seconds(Self.checkSeconds)
  }

  private func lostAt(_ contact: Contact) -> UInt64 { contact.receivedAt + CandyTime.seconds(settings.lostSeconds) }

  private func keepAliveDue(after now: UInt64) -> UInt64 {
    now + CandyTime.seconds(max(1, settings.keepAliveSeconds))
  }

  /// Looks at the time.
  public mutating func tick(at now: UInt64) {
    switch phase {
    case .closed, .disconnected: break
    case .searching(let search): if now >= search.deadline { goOn(search, at: now) }
    case .found(let contact):
      switch contact.stage {
      case .settling(let until): if now >= until { check(contact, at: now) }
      case .checking(_, let since, let isAlive):
        if now >= checkDeadline(contact, since) { endCheck(contact, isAlive, at: now) }
      case .disconnecting(let until): if now >= until { finishDisconnect() }
      case .connected(let nextKeepAlive): tick(contact, nextKeepAlive, at: now)
      }
    }
  }

  private mutating func goOn(_ search: CandySearch, at now: UInt64) {
    var search = search
    guard let packets = search.expire(at: now) else { return leavePort(.notFound) }
    phase = .searching(search)
    actions.send(packets)
  }

  private mutating func check(_ contact: Contact, at now: UInt64) {
    var contact = contact
    contact.stage = .checking(number: keepAlive.ask(), since: now, isAlive: false)
    phase = .found(contact)
    actions.send(.keepAlive)
  }

  /// Nothing more comes in: the answers that are missing were lost with a reset. If none came, it is no connection.
  private mutating func endCheck(_ contact: Contact, _ isAlive: Bool, at now: UInt64) {
    guard isAlive else { return search(at: now) }
    keepAlive.forgive()
    becomeConnected(contact, at: now)
  }

  private mutating func tick(_ contact: Contact, _ nextKeepAlive: UInt64, at now: UInt64) {
    if now >= lostAt(contact) {
      lose(.silent)
      return search(at: now)
    }
    if now >= nextKeepAlive { _ = askKeepAlive(contact, at: now) }
    if dispensing.doubtsHead(at: now, &actions) { dispensing.asked(number: askKeepAlive(contact, at: now)) }
    dispensing.expire(at: now, &actions)
    sendDispenses(at: now)
  }

  /// - Returns: the number of the question.
  private mutating func askKeepAlive(_ contact: Contact, at now: UInt64) -> UInt64 {
    var contact = contact
    contact.stage = .connected(nextKeepAlive: keepAliveDue(after: now))
    phase = .found(contact)
    actions.send(.keepAlive)
    return keepAlive.ask()
  }
}
