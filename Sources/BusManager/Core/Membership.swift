import BusWire

/// Who is on the bus: connections become modules, leave or are refused, and the others learn of it.
struct Membership: ~Copyable {
  var turn = Turn()
  var modules = Modules()
  var intake = Intake()
  var router = Router()
  var delivery: Delivery

  private var declarations: Declarations
  private let limits: ManagerLimits
  private let busName: String
  private let version: String

  init(_ limits: ManagerLimits, busName: String, version: String) {
    self.limits = limits
    self.busName = busName
    self.version = version
    delivery = Delivery(limits)
    declarations = Declarations(limits)
  }

  // MARK: Coming and going

  /// A new connection, which has some time to say HELLO; one over the limit gets GOODBYE.
  mutating func open(by process: PeerProcess?) -> SessionID {
    let id = modules.open(until: turn.expect(after: limits.helloNanoseconds), by: process)
    intake.open(id)
    delivery.open(id)
    if modules.count > limits.sessionsMax { refuse(id, .tooManyConnections(max: limits.sessionsMax)) }
    return id
  }

  /// Makes a connection a module of the bus, unless its name is taken.
  mutating func join(_ id: SessionID, _ hello: Hello) {
    if let holder = modules.holder(of: ModuleKey(name: hello.name, instance: hello.instance)),
      let other = modules.member(holder)?.identity
    {
      guard modules.isHung(holder) else { return refuse(id, .nameTaken(by: other)) }
      refuse(holder, .nameTaken(from: other, by: hello))
    }
    let member = modules.join(id, hello, at: turn.now)
    turn.expect(after: Self.attentionNanoseconds)
    router.join(id, isObserver: member.isObserver)
    delivery.join(id, member)
    declarations.join(id, member.identity)
    delivery.enqueue(
      Welcome(
        version: WireProtocol.version, module: member.identity.id, bus: busName, managerVersion: version,
        payloadBytesMax: UInt32(clamping: limits.payloadBytesMax), queueBytesMax: UInt32(clamping: limits.queueBytesMax)
      ),
      to: id, turn)
    announce(id, member, .joined, reason: "")
    turn.record(.joined(member.identity))
  }

  /// Takes a module out of the bus; its connection may live on until its GOODBYE is read.
  private mutating func depart(_ id: SessionID, state: ModuleState, reason: String) {
    guard let member = modules.member(id) else { return }
    announce(id, member, state, reason: reason)
    turn.record(state == .left ? .left(member.identity, reason: reason) : .lost(member.identity, reason: reason))
    forget(id)
  }

  /// Has everyone forget what they know of a module.
  private mutating func forget(_ id: SessionID) {
    delivery.leave(id, &turn)
    declarations.leave(id)
    router.leave(id)
  }

  /// Sends a connection the reason why it is cut, and cuts it once it has read that.
  mutating func refuse(_ id: SessionID, _ refusal: Refusal) {
    turn.record(.refused(modules.member(id)?.identity, code: refusal.code, text: refusal.text))
    depart(id, state: .lost, reason: refusal.text)
    delivery.forgetOutput(of: id, turn)
    leave(id, refusal.code, refusal.text, within: limits.farewellNanoseconds)
  }

  /// Queues a GOODBYE behind all that waits and starts the clock for it.
  private mutating func leave(_ id: SessionID, _ code: GoodbyeCode, _ text: String, within nanoseconds: UInt64) {
    intake.removeAll(of: id, &delivery.pool)
    delivery.endReplay(to: id, &turn)
    delivery.enqueue(Goodbye(code: code, text: text), to: id, lane: .farewell, turn)
    modules.leave(id, until: turn.expect(after: nanoseconds))
  }

  /// Answers a client's own GOODBYE: what waits for it is of no use any more.
  mutating func sayGoodbye(to id: SessionID, reason: String) {
    depart(id, state: .left, reason: reason)
    delivery.forgetOutput(of: id, turn)
    leave(id, .leaving, "goodbye", within: limits.farewellNanoseconds)
  }

  /// Says GOODBYE to everyone.
  mutating func shutDown() {
    for id in modules.ids where modules.isLive(id) || modules.isGreeting(id) {
      delivery.reportLossesNow(to: id, &turn)
      forget(id)
      leave(id, .shutdown, "the manager is shutting down", within: limits.shutdownNanoseconds)
    }
  }

  /// Ends a session whose connection is gone.
  mutating func close(_ id: SessionID, reason: String) {
    depart(id, state: .lost, reason: reason)
    intake.removeAll(of: id, &delivery.pool)
    delivery.close(id, &turn)
    modules.close(id)
  }

  // MARK: Attention

  /// How often live modules are looked at.
  private static let attentionNanoseconds: UInt64 = 1_000_000_000

  /// Looks after a session: has it said HELLO, is it slow, does it read again, does it answer?
  ///
  /// - Returns: whether its time is over.
  mutating func isOver(_ id: SessionID) -> Bool {
    switch modules.state(of: id) {
    case .free: return false
    case .live(let member):
      attend(id, member)
      turn.expect(after: Self.attentionNanoseconds)
    case .greeting(let deadline) where deadline <= turn.now: refuse(id, .noHello(after: limits.helloNanoseconds))
    case .leaving(let deadline) where deadline <= turn.now, .lingering(let deadline) where deadline <= turn.now:
      return true
    case .greeting(let deadline), .leaving(let deadline), .lingering(let deadline): turn.expect(at: deadline)
    }
    return false
  }

  private mutating func attend(_ id: SessionID, _ member: Member) {
    if delivery.becomesSlow(id, &turn) {
      turn.record(.slow(member.identity))
      announce(
        id, member, .slow,
        reason:
          "it held its senders back for \(Patience.nanosecondsMax / 1_000_000) ms; its full queues drop what is oldest")
    }
    if delivery.recovers(id, &turn) {
      turn.record(.recovered(member.identity, from: .slow))
      announce(
        id, member, state(of: id), reason: "it reads again; it has lost \(delivery.lostCount(of: id)) frames in all")
    }
    delivery.reportLateLosses(to: id, &turn)
    if member.isObserver || delivery.isWaiting(id) { return }
    switch modules.checkLiveness(of: id, at: turn.now, unread: delivery.unread(of: id)) {
    case .nothing: return
    case .ask: delivery.enqueue(Ping(token: turn.now), to: id, turn)
    case .hang:
      turn.record(.hung(member.identity))
      announce(id, member, .hung, reason: "no PONG for \(Liveness.answerNanoseconds / 1_000_000_000) s")
    }
  }

  /// Records a PONG.
  mutating func answered(_ id: SessionID) {
    guard modules.answered(id, at: turn.now), let member = modules.member(id) else { return }
    turn.record(.recovered(member.identity, from: .hung))
    announce(id, member, state(of: id), reason: "it answers again")
  }

  /// Stops reading a session until there is memory; cuts it if there never will be.
  ///
  /// - Returns: whether there is memory now.
  mutating func hasMemory(_ byteCount: Int, for id: SessionID, toHold what: @autoclosure () -> String) -> Bool {
    switch delivery.claim(byteCount, for: id, &turn) {
    case .granted: return true
    case .waits: return false
    case .refused:
      refuse(id, .noMemory(toHold: what()))
      return false
    }
  }

  // MARK: Presence

  /// What MODULE_STATUS and BUS_STATUS call the state of a module that is there.
  func state(of id: SessionID) -> ModuleState {
    if modules.isHung(id) { return .hung }
    return delivery.isSlow(id) ? .slow : .joined
  }

  /// Announces the state of a module to those who listen for MODULE_STATUS.
  private mutating func announce(_ id: SessionID, _ member: Member, _ state: ModuleState, reason: String) {
    let status = member.status(state, reason: reason)
    let route = router.route(for: RouteKey(type: ModuleStatus.frameType.id, instance: 0, isRequest: false))
    for index in 0..<route.count {
      let receiver = router.receiver(index, of: route)
      if receiver != id || state == .slow { delivery.enqueueNews(status, to: receiver, &turn) }
    }
  }

  /// Announces to a new listener every module that is connected already.
  private mutating func introduceModules(to id: SessionID) {
    for other in modules.ids where other != id {
      guard let member = modules.member(other) else { continue }
      delivery.enqueueNews(member.status(state(of: other), reason: ""), to: id, &turn)
    }
  }

  // MARK: What a module says

  /// Records what a module declares of a type, and reports to both sides where that does not fit.
  mutating func declare(_ declare: Declare, from id: SessionID) {
    do throws(Refusal) {
      delivery.setDepth(try declarations.declare(declare, by: id), of: declare.type, for: id)
    } catch {
      return refuse(id, error)
    }
    for difference in declarations.differences(of: declare.type, id) {
      delivery.enqueue(difference.first.report, to: difference.first.id, turn)
      delivery.enqueue(difference.second.report, to: difference.second.id, turn)
      turn.record(difference.event)
    }
  }

  /// Sets what a module listens for, and sends it what is kept of that.
  mutating func listen(_ listens: ListenSet, from id: SessionID) {
    guard let before = router.listen(listens, by: id) else { return }
    if listens.acceptsNewly(type: ModuleStatus.frameType.id, than: before) { introduceModules(to: id) }
    if !delivery.beginReplay(of: listens, newerThan: before, to: id, &turn) {
      refuse(id, .noMemory(toHold: Self.keptFrames))
    }
  }

  /// Goes on with the kept frames that a module asked for.
  mutating func continueReplay(to id: SessionID) {
    if !delivery.continueReplay(to: id, &turn) { refuse(id, .noMemory(toHold: Self.keptFrames)) }
  }

  private static let keptFrames = "the kept frames that it listens for"

  /// Answers a request for SCHEMA.
  ///
  /// - Returns: false if there is no memory for all of them now.
  mutating func sendSchemas(to id: SessionID) -> Bool {
    guard hasMemory(declarations.answerBytes, for: id, toHold: "all schemas") else { return false }
    for schema in declarations.schemas { delivery.enqueue(schema, to: id, turn) }
    return true
  }

  /// Field lists that are declared, and their bytes.
  var declared: (count: Int, byteCount: Int) { (declarations.declaredCount, declarations.declaredByteCount) }
}
