import BusWire

/// Who is on the bus: connections become modules, leave or are refused, and the others learn of it.
struct Membership: ~Copyable {
  var turn = Turn()
  var modules = Modules()
  var intake: Intake
  var router = Router()
  var delivery: Delivery

  private var declarations: Declarations
  /// Who is being sent the declared field lists, and how many of them were.
  private var schemasSent: [SessionID: Int] = [:]
  /// Whose field list of a type does not fit that of others, to whom that was not reported yet.
  private var mismatched: [SessionID: Declarations.Mismatched] = [:]
  private let limits: ManagerLimits
  private let busName: String
  private let version: String

  init(_ limits: ManagerLimits, busName: String, version: String) {
    self.limits = limits
    self.busName = busName
    self.version = version
    delivery = Delivery(limits)
    intake = Intake(bytesMax: limits.queuesBytesMax / 4)
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
    delivery.join(id, member, turn)
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
    schemasSent[id] = nil
    mismatched[id] = nil
    reserveInterests()
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
    let route = router.route(for: RouteKey(type: ModuleStatus.frameType.id, instance: 0, isRequest: false))
    if route.count == 0 { return }
    let status = BusFrameBytes.encode(member.status(state, reason: reason), wallTime: turn.wallTime)
    turn.spend(route.count * 50)
    for index in 0..<route.count {
      let receiver = router.receiver(index, of: route)
      if receiver != id || state == .slow {
        delivery.enqueueNews(status, of: ModuleStatus.frameType.id, to: receiver, &turn)
      }
    }
  }

  /// Announces to a new listener every other module that is connected already.
  private mutating func introduceModules(to id: SessionID) {
    for other in modules.ids where other != id {
      guard let member = modules.member(other) else { continue }
      let status = BusFrameBytes.encode(member.status(state(of: other), reason: ""), wallTime: turn.wallTime)
      delivery.enqueueNews(status, of: ModuleStatus.frameType.id, to: id, &turn)
      turn.spend(500)
    }
  }

  // MARK: What a module says

  /// Records what a module declares of a type, and reports to both sides where that does not fit.
  ///
  /// - Returns: false if there is no memory for it now.
  mutating func declare(_ declare: Declare, from id: SessionID) -> Bool {
    guard hasMemory(Declarations.byteCount(of: declare), for: id, toHold: "another declaration") else { return false }
    turn.spend(1000 + declare.fields.utf8.count * 4)
    let comparisons = declarations.comparisonCount
    do throws(Refusal) {
      let (depth, others) = try declarations.declare(declare, by: id)
      delivery.setDepth(depth, of: declare.type, for: id)
      mismatched[id] = others
    } catch {
      refuse(id, error)
      return true
    }
    reserveInterests()
    turn.spend((declarations.comparisonCount - comparisons) * (1000 + declare.fields.utf8.count))
    continueReporting(to: id)
    return true
  }

  /// Goes on to report whose field lists do not fit; nothing more is read meanwhile from the module that declared.
  mutating func continueReporting(to id: SessionID) {
    while let pair = mismatched[id] {
      if delivery.postpones(id, turn) { return }
      mismatched[id] = pair.rest
      guard let difference = declarations.difference(pair, id) else {
        turn.spend(200)
        continue
      }
      report(difference.first.report, to: difference.first.id)
      report(difference.second.report, to: difference.second.id)
      turn.record(difference.event)
    }
  }

  private mutating func report(_ mismatch: Mismatch, to id: SessionID) {
    let bytes = BusFrameBytes.encode(mismatch, wallTime: turn.wallTime)
    turn.spend(2000 + bytes.count)
    delivery.enqueueNews(bytes, of: Mismatch.frameType.id, to: id, &turn)
  }

  /// Sets what a module listens for, and sends it what is kept of that.
  ///
  /// - Returns: false if there is no memory for it now.
  mutating func listen(_ listens: ListenSet, from id: SessionID) -> Bool {
    guard listens.byteCount <= Self.smallBytes || hasMemory(listens.byteCount, for: id, toHold: "another listen set")
    else { return false }
    guard let before = router.listen(listens, by: id) else { return true }
    reserveInterests()
    turn.spend(1000 + listens.byteCount * 4)
    if listens.acceptsNewly(type: ModuleStatus.frameType.id, than: before) { introduceModules(to: id) }
    if !delivery.beginReplay(of: listens, newerThan: before, to: id, &turn) {
      refuse(id, .noMemory(toHold: Self.keptFrames))
    }
    return true
  }

  /// Goes on with the kept frames that a module asked for.
  mutating func continueReplay(to id: SessionID) {
    if !delivery.continueReplay(to: id, &turn) { refuse(id, .noMemory(toHold: Self.keptFrames)) }
  }

  /// A listen set of this size is always granted.
  private static let smallBytes = 1024

  private static let keptFrames = "the kept frames that it listens for"

  /// Counts declarations and listen sets as a part of the memory.
  private mutating func reserveInterests() {
    delivery.pool.reserve(declarations.byteCount + router.byteCount, for: .interests)
  }

  // MARK: Answers

  /// Answers a request for SCHEMA, piece by piece as the answers are read; nothing more is read from the session meanwhile.
  mutating func beginSchemas(to id: SessionID) {
    schemasSent[id] = 0
    continueSchemas(to: id)
  }

  /// Goes on with the schemas that a module asked for.
  mutating func continueSchemas(to id: SessionID) {
    while let sent = schemasSent[id] {
      if delivery.postpones(id, turn) { return }
      guard let (index, schema) = declarations.schema(from: sent) else { return schemasSent[id] = nil }
      turn.spend(1000 + schema.fields.utf8.count + schema.users.count * 50)
      guard answer(BusFrameBytes.encode(schema, wallTime: turn.wallTime), to: id) else { return }
      if schemasSent[id] != nil { schemasSent[id] = index + 1 }
    }
  }

  /// Goes on with what a session has asked for and what takes more than one turn, or more memory than there was.
  mutating func continueWork(of id: SessionID) {
    continueReplay(to: id)
    if modules.isLive(id), mismatched[id] != nil { continueReporting(to: id) }
    if modules.isLive(id), schemasSent[id] != nil, !delivery.isWaiting(id) { continueSchemas(to: id) }
  }

  /// Queues an answer of the bus's own.
  ///
  /// - Returns: false if it is to be tried again.
  mutating func answer<Frame: TypedFrame>(_ frame: Frame, to id: SessionID) -> Bool {
    answer(BusFrameBytes.encode(frame, wallTime: turn.wallTime), to: id)
  }

  /// Queues an answer. A session that has others to read first, or for which there is no memory now, is not read until then.
  ///
  /// - Returns: false if it is to be tried again.
  mutating func answer(_ frame: [UInt8], to id: SessionID) -> Bool {
    if !delivery.takesAnswer(frame.count, id) {
      if delivery.hasAnswers(id) {
        delivery.waitForItself(id, turn)
        return false
      }
      guard hasMemory(frame.count, for: id, toHold: "an answer of \(frame.count) bytes") else { return false }
    }
    delivery.enqueueAnswer(frame, to: id)
    return true
  }

  /// Lets those go who do not read what they asked for, where memory was needed for others.
  mutating func letSilentGo() {
    while let id = delivery.nextSilent() {
      if modules.isLive(id) { refuse(id, .readsNothing) }
    }
  }

  /// Field lists that are declared, and their bytes.
  var declared: (count: Int, byteCount: Int, comparisonCount: Int) {
    (declarations.declaredCount, declarations.declaredByteCount, declarations.comparisonCount)
  }
}
