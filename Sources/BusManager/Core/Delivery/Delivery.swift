import BusWire

/// Who waits for whom: it hands runs to the receivers that have room, and stops reading the senders of those that have none.
struct Delivery: ~Copyable {
  /// The memory of everything that waits, what the senders have sent too early included.
  var pool: BlockPool

  private let limits: ManagerLimits
  private var outputs: Outputs
  private var waits = Waits()
  private var replays: [SessionID: Replay] = [:]
  /// The receivers without room that were found last.
  private var full: [SessionID] = []

  init(_ limits: ManagerLimits) {
    self.limits = limits
    pool = BlockPool(bytesMax: limits.queuesBytesMax)
    outputs = Outputs(limits)
  }

  // MARK: Coming and going

  mutating func open(_ id: SessionID) {
    outputs.receivers.open(id)
    waits.open(id)
  }

  mutating func join(_ id: SessionID, _ member: Member, _ turn: Turn) {
    outputs.join(id, member)
    waits.join(id, as: member.key, at: turn.now)
  }

  /// Forgets what is kept and counted for a session that is a module no more.
  mutating func leave(_ id: SessionID, _ turn: inout Turn) { outputs.leave(id, &pool, &turn) }

  /// Forgets what waits for a session that is no module any more, up to whole frames; nobody waits for it then.
  mutating func forgetOutput(of id: SessionID, _ turn: Turn) {
    outputs.receivers.removeFrames(of: id, &pool)
    wakeAll(waitingFor: id, turn)
  }

  /// Forgets what waits for a connection that cannot be written to any more.
  mutating func outputFailed(_ id: SessionID, _ turn: inout Turn) {
    endReplay(to: id, &turn)
    outputs.receivers.removeAll(of: id, &pool)
    wakeAll(waitingFor: id, turn)
  }

  mutating func close(_ id: SessionID, _ turn: inout Turn) {
    outputFailed(id, &turn)
    outputs.close(id)
    waits.close(id, at: turn.now)
  }

  private mutating func wakeAll(waitingFor id: SessionID, _ turn: Turn) {
    waits.wakeItself(id, at: turn.now)
    waits.wakeAll(waitingFor: id, at: turn.now)
  }

  // MARK: Runs

  /// Queues a run at everyone who listens.
  ///
  /// - Returns: its whole frames that are done with; fewer than all if the sender has to wait.
  @inline(__always)
  mutating func deliver(
    _ run: Run, _ word: RouteWord, along route: RouteTable.Route, of router: borrowing Router, from id: SessionID,
    _ turn: inout Turn
  ) -> Run {
    let lane = word.lane
    if _fastPath(hasRoom(run, lane, route, router, from: id)) {
      queue(run, lane, route, router, from: id)
      return run
    }
    return deliverWithoutRoom(run, lane, route, router, from: id, &turn)
  }

  /// Whether nobody has to wait and nothing has to be dropped: the case that must be fast.
  @inline(__always)
  private func hasRoom(
    _ run: Run, _ lane: Lane, _ route: RouteTable.Route, _ router: borrowing Router, from id: SessionID
  ) -> Bool {
    for index in 0..<route.count {
      let receiver = router.receiver(index, of: route)
      if receiver == id { continue }
      if !outputs.hasRoom(run, lane, in: receiver) || waits.isHolding(receiver) { return false }
    }
    return pool.bytesLeft >= run.byteCount &* route.count
  }

  @inline(__always)
  private mutating func queue(
    _ run: Run, _ lane: Lane, _ route: RouteTable.Route, _ router: borrowing Router, from id: SessionID
  ) {
    for index in 0..<route.count {
      let receiver = router.receiver(index, of: route)
      if receiver != id { outputs.receivers.queue(run, lane, for: receiver, &pool) }
    }
  }

  private mutating func deliverWithoutRoom(
    _ run: Run, _ lane: Lane, _ route: RouteTable.Route, _ router: borrowing Router, from id: SessionID,
    _ turn: inout Turn
  ) -> Run {
    if nobodyWaits(for: run, lane, route, router, from: id) {
      // Those who are not waited for make room for the whole run, so that it still goes as one block to all.
      makeRoom(run.byteCount, lane, route, router, from: id, &turn)
      if hasRoom(run, lane, route, router, from: id) {
        queue(run, lane, route, router, from: id)
        return run
      }
    }
    var done = Run(bytes: run.bytes, word: run.word)
    while done.byteCount < run.byteCount {
      let frame = Run(frameAt: run.bytes + done.byteCount)
      if waitsForRoom(frame.byteCount, lane, route, router, from: id, &turn) { break }
      deliverFrame(frame, lane, along: route, of: router, from: id, &turn)
      done.add(frame.byteCount)
    }
    return done
  }

  /// Queues a frame for which nobody has to wait; those who are not waited for drop what is older.
  mutating func deliverFrame(
    _ frame: Run, _ lane: Lane, along route: RouteTable.Route, of router: borrowing Router, from id: SessionID,
    _ turn: inout Turn
  ) {
    makeRoom(frame.byteCount, lane, route, router, from: id, &turn)
    if pool.bytesLeft >= frame.byteCount * route.count { return queue(frame, lane, route, router, from: id) }
    for index in 0..<route.count {
      let receiver = router.receiver(index, of: route)
      if receiver == id { continue }
      if pool.bytesLeft >= frame.byteCount || isSmall(frame.byteCount, for: receiver) {
        outputs.receivers.queue(frame, lane, for: receiver, &pool)
      } else {
        outputs.loseForMemory(FrameHeader(at: frame.bytes), of: receiver, &turn)
      }
    }
  }

  /// Whether a frame is let through without memory: it and all else that waits for the receiver are next to nothing.
  private func isSmall(_ frameBytes: Int, for receiver: SessionID) -> Bool {
    frameBytes <= BlockPool.capacity && outputs.receivers.count(of: receiver) < BlockPool.capacity
  }

  /// Whether all receivers that are waited for take a whole run.
  private func nobodyWaits(
    for run: Run, _ lane: Lane, _ route: RouteTable.Route, _ router: borrowing Router, from id: SessionID
  ) -> Bool {
    for index in 0..<route.count {
      let receiver = router.receiver(index, of: route)
      if receiver == id || !outputs.receivers.isAwaited(receiver, in: lane) { continue }
      if !outputs.hasRoom(run, lane, in: receiver) || waits.isHolding(receiver) { return false }
    }
    return true
  }

  /// Has the receivers that are not waited for drop their oldest frames until there is room for a run.
  private mutating func makeRoom(
    _ byteCount: Int, _ lane: Lane, _ route: RouteTable.Route, _ router: borrowing Router, from id: SessionID,
    _ turn: inout Turn
  ) {
    for index in 0..<route.count {
      let receiver = router.receiver(index, of: route)
      if receiver == id || outputs.receivers.isAwaited(receiver, in: lane) { continue }
      outputs.makeRoom(byteCount, lane, in: receiver, &pool, &turn)
    }
  }

  // MARK: Waiting

  /// Parks the sender if a receiver that is waited for has no room for a frame, or the manager no memory.
  mutating func waitsForRoom(
    _ frameBytes: Int, _ lane: Lane, _ route: RouteTable.Route, _ router: borrowing Router, from id: SessionID,
    _ turn: inout Turn
  ) -> Bool {
    full.removeAll(keepingCapacity: true)
    var needsMemory = false
    for index in 0..<route.count {
      let receiver = router.receiver(index, of: route)
      if receiver == id { continue }
      if outputs.receivers.isAwaited(receiver, in: lane),
        !outputs.takes(frameBytes, lane, receiver) || waits.isBehindOthers(id, receiver)
      {
        full.append(receiver)
      }
      // Small frames for receivers that hold next to nothing do not wait for memory, so those who do not read stop only
      // their own senders.
      if !isSmall(frameBytes, for: receiver) { needsMemory = true }
    }
    if !full.isEmpty {
      // All of them use up their patience together, so many that stop cost no more than one.
      turn.expect(at: waits.wait(id, for: full, at: turn.now))
      return true
    }
    guard needsMemory, case .waiting(let holders) = outputs.makeMemory(frameBytes * route.count, &pool, &turn) else {
      return false
    }
    wait(id, for: holders, &turn)
    return true
  }

  @inline(__always)
  func isWaiting(_ id: SessionID) -> Bool { waits.isWaiting(id) }

  /// Stops reading a session until those who hold memory have given some back.
  private mutating func wait(_ id: SessionID, for holders: [SessionID], _ turn: inout Turn) {
    let others = holders.filter { $0 != id }
    if others.isEmpty { return waits.waitForItself(id, at: turn.now) }
    turn.expect(at: waits.wait(id, for: others, at: turn.now))
  }

  /// Stops reading a session until it has read what it asked for.
  mutating func waitForItself(_ id: SessionID, _ turn: Turn) {
    if !waits.isWaiting(id) { waits.waitForItself(id, at: turn.now) }
  }

  /// Whether a session may get an answer of this size now; otherwise it has to read first.
  func takesAnswer(_ byteCount: Int, _ id: SessionID) -> Bool { outputs.takesBus(byteCount, id) }

  /// How many answers of a size a session may get now.
  func answerCountMax(_ byteCount: Int, _ id: SessionID) -> Int { outputs.roomForAnswers(id) / byteCount }

  /// Whether bytes of the bus's own frames wait for a session.
  func hasAnswers(_ id: SessionID) -> Bool { outputs.receivers.count(of: id, in: .bus) > 0 }

  /// Starts a session that got something through at the end of the line again.
  mutating func queueAgain(_ id: SessionID) { waits.queueAgain(id) }

  /// The next session that can go on; those who were left from a turn before come last, while there is time.
  mutating func nextResumable(_ turn: inout Turn) -> SessionID? {
    if let id = waits.nextResumable() { return id }
    return waits.hasPostponed && turn.takesPostponed() ? waits.nextPostponed(at: turn.now) : nil
  }

  /// Whether somebody waits for the next turn.
  var hasPostponed: Bool { waits.hasPostponed }

  /// Leaves a session for the next turn if there was enough to do in this one.
  ///
  /// - Returns: whether it has to wait.
  mutating func postpones(_ id: SessionID, _ turn: Turn) -> Bool {
    guard turn.isSpent else { return false }
    if !waits.isWaiting(id) { waits.postpone(id, at: turn.now) }
    return true
  }

  /// For how long a session was not read, in all.
  func unread(of id: SessionID) -> UInt64 { waits.unread(of: id) }

  /// Lets those go on who wait for a receiver, as far as they have room again.
  private mutating func wakeWaiting(for id: SessionID, _ turn: Turn) {
    if hasRoomForOwn(id) { waits.wakeItself(id, at: turn.now) }
    if waits.isHolding(id), outputs.isHalfFree(id) { waits.wakeAll(waitingFor: id, at: turn.now) }
  }

  /// Whether half of what a module asked for itself has gone out: answers and kept frames.
  private func hasRoomForOwn(_ id: SessionID) -> Bool {
    outputs.hasRoomForAnswers(id) && outputs.receivers.count(of: id, in: .history) <= replayBytesMax / 2
  }

  /// Whether there is memory for something.
  enum Claim {
    case granted
    /// The session waits for a receiver that holds it.
    case waits
    /// Nobody can give any back.
    case refused
  }

  /// Stops reading a session until receivers have given memory back.
  mutating func claim(_ byteCount: Int, for id: SessionID, _ turn: inout Turn) -> Claim {
    switch outputs.makeMemory(byteCount, &pool, &turn) {
    case .enough: return outputs.isSilent(id) ? .refused : .granted
    case .none: return .refused
    case .waiting(let holders):
      wait(id, for: holders, &turn)
      return .waits
    }
  }

  /// The next session that is to be let go because it does not read what it asked for and memory is needed.
  mutating func nextSilent() -> SessionID? { outputs.nextSilent() }

  // MARK: Sending

  @inline(__always)
  mutating func nextDirty() -> SessionID? { outputs.receivers.nextDirty() }

  @inline(__always)
  mutating func forEachPiece(of id: SessionID, _ turn: inout Turn, _ body: (UnsafeRawBufferPointer) -> Bool) {
    if _slowPath(outputs.receivers.hasNewStreamFrames(id)) { outputs.dropReplaced(in: id, &pool, &turn) }
    outputs.receivers.forEachPiece(of: id, body)
  }

  var hasBorrowers: Bool { outputs.receivers.hasBorrowers }

  mutating func settleBorrowers() { outputs.receivers.settleBorrowers(&pool) }

  /// Records bytes that went out; wakes the senders that waited for this receiver once half is free.
  ///
  /// - Returns: whether more is waiting.
  mutating func sent(_ byteCount: Int, to id: SessionID, _ turn: inout Turn) -> Bool {
    outputs.receivers.dropSent(byteCount, of: id, &pool)
    if _slowPath(outputs.hasUnreportedLosses(id)) { outputs.reportLosses(to: id, &pool, &turn) }
    if waits.isHolding(id) || waits.isWaitingForItself(id) { wakeWaiting(for: id, turn) }
    if _slowPath(outputs.receivers.isSlow(id)) { lookAtPace(of: id, &turn) }
    if outputs.receivers.count(of: id) > 0 { return true }
    if _slowPath(outputs.receivers.isBehind(id)), !outputs.receivers.isReplaying(id) { outputs.receivers.catchUp(id) }
    return false
  }

  /// Records that a connection takes nothing more for now.
  mutating func blocked(_ id: SessionID, _ turn: inout Turn) {
    outputs.receivers.fallBehind(id, &pool)
    if _slowPath(outputs.receivers.isSlow(id)) { lookAtPace(of: id, &turn) }
  }

  private mutating func lookAtPace(of id: SessionID, _ turn: inout Turn) {
    if let recovery = outputs.receivers.lookAtPace(of: id, at: turn.now) { turn.expect(at: recovery) }
  }

  // MARK: Attention

  /// Looks whether a receiver has held its senders back for too long.
  ///
  /// - Returns: whether nobody waits for it from now on.
  mutating func becomesSlow(_ id: SessionID, _ turn: inout Turn) -> Bool {
    guard let end = waits.patienceEnd(of: id) else { return false }
    guard turn.now >= end else {
      turn.expect(at: end)
      return false
    }
    let wasSlow = outputs.receivers.isSlow(id)
    outputs.receivers.becomeSlow(id)
    lookAtPace(of: id, &turn)
    waits.wakeAll(waitingFor: id, at: turn.now)
    return !wasSlow
  }

  /// Looks whether a slow receiver has kept up for long enough.
  ///
  /// - Returns: whether it is waited for again.
  mutating func recovers(_ id: SessionID, _ turn: inout Turn) -> Bool {
    guard let recovery = outputs.receivers.recovery(of: id) else { return false }
    guard turn.now >= recovery else {
      turn.expect(at: recovery)
      return false
    }
    outputs.receivers.recover(id)
    return true
  }

  // MARK: Frames of the bus's own

  /// Queues one of the bus's own frames.
  mutating func enqueue<Frame: TypedFrame>(_ frame: Frame, to id: SessionID, lane: Lane = .bus, _ turn: Turn) {
    outputs.enqueue(frame, to: id, lane: lane, &pool, turn)
  }

  /// Queues an answer of the bus's own.
  mutating func enqueueAnswer(_ frame: [UInt8], to id: SessionID) {
    outputs.receivers.queueBus(frame, .bus, for: id, &pool)
  }

  /// Queues a frame that a receiver did not ask for just now, and loses if it lets too much of the bus's own frames wait.
  mutating func enqueueNews(_ frame: [UInt8], of type: UInt16, to id: SessionID, _ turn: inout Turn) {
    outputs.enqueueNews(frame, of: type, to: id, &pool, &turn)
  }

  /// Reports to a module what it lost, before its GOODBYE.
  mutating func reportLossesNow(to id: SessionID, _ turn: inout Turn) { outputs.reportLossesNow(to: id, &pool, &turn) }

  /// Reports losses that could not be reported when they came about.
  mutating func reportLateLosses(to id: SessionID, _ turn: inout Turn) {
    if !outputs.receivers.isBehind(id) { outputs.reportLosses(to: id, &pool, &turn) }
  }

  // MARK: Kept frames

  /// Sets how many frames of a type are kept for each instance; 1 if it was never set.
  mutating func setDepth(_ depth: Int, of type: UInt16, for id: SessionID) {
    outputs.setDepth(depth, of: type, for: id)
  }

  /// Keeps frames for those who listen later.
  mutating func keep(_ run: Run, _ type: UInt16, from id: SessionID, _ turn: inout Turn) {
    outputs.keep(run, type, from: id, &pool, &turn)
  }

  /// Bytes of kept frames that wait for one listener at a time; the rest stays where it is kept.
  private var replayBytesMax: Int { min(256 << 10, limits.queueBytesMax / 2) }

  /// Sends a listener what is kept of everything that is new in its listen set.
  ///
  /// Until all of it is queued, nothing else of the modules goes out to the listener and nothing more is read from it.
  ///
  /// - Returns: false if there is no memory for it and never will be.
  mutating func beginReplay(
    of listens: ListenSet, newerThan before: ListenSet, to id: SessionID, _ turn: inout Turn
  ) -> Bool {
    guard let replay = outputs.replay(of: listens, newerThan: before) else { return true }
    replays[id] = replay
    outputs.receivers.setReplaying(id, true)
    return continueReplay(to: id, &turn)
  }

  /// Queues the next kept frames, as many as may wait at a time.
  ///
  /// - Returns: false if there is no memory for them and never will be.
  mutating func continueReplay(to id: SessionID, _ turn: inout Turn) -> Bool {
    guard var replay = replays[id] else { return true }
    portion: while outputs.receivers.count(of: id, in: .history) < replayBytesMax {
      if turn.isSpent { break }
      switch outputs.next(of: replay, for: id) {
      case .end:
        endReplay(to: id, &turn)
        return true
      case .nothingYet(let rest):
        turn.spend(Self.lookNanoseconds)
        replay = rest
      case .frame(let frame, let rest):
        switch claimToReplay(frame.count, to: id, &turn) {
        case .granted: outputs.receivers.queueKept(frame, for: id, &pool)
        case .waits: break portion
        case .refused: return false
        }
        turn.spend(200 + frame.count / 8)
        replay = rest
      }
    }
    replays[id] = replay
    blocked(id, &turn)
    if !postpones(id, turn) { waitForItself(id, turn) }
    return true
  }

  /// What a look at many kept frames costs of which none is wanted.
  private static let lookNanoseconds = 100_000

  /// A small frame for a listener for which no other waits does not wait for memory.
  private mutating func claimToReplay(_ frameBytes: Int, to id: SessionID, _ turn: inout Turn) -> Claim {
    if frameBytes <= BlockPool.capacity, outputs.receivers.count(of: id, in: .history) == 0 { return .granted }
    return claim(frameBytes, for: id, &turn)
  }

  /// Whether kept frames that a session asked for wait for it.
  func hasHistory(_ id: SessionID) -> Bool { outputs.receivers.count(of: id, in: .history) > 0 }

  /// Lets the frames go out that came meanwhile.
  mutating func endReplay(to id: SessionID, _ turn: inout Turn) {
    guard outputs.receivers.isReplaying(id) else { return }
    outputs.receivers.setReplaying(id, false)
    waits.leaveLine(id)
    replays[id] = nil
    if outputs.receivers.count(of: id) > 0 {
      outputs.receivers.markDirty(id)
    } else if outputs.receivers.isBehind(id) {
      outputs.receivers.catchUp(id)
    }
  }

  // MARK: Figures

  func isSlow(_ id: SessionID) -> Bool { outputs.receivers.isSlow(id) }

  func lostCount(of id: SessionID) -> UInt64 { outputs.lostCount(of: id) }

  var retainedByteCount: Int { outputs.retainedByteCount }

  /// What BUS_STATUS says of a module, with what was counted here.
  func counters(_ counters: ModuleCounters, of id: SessionID, _ turn: Turn) -> ModuleCounters {
    var counters = counters
    let queued = outputs.receivers.counters(of: id)
    counters.framesOut = queued.frames
    counters.bytesOut = queued.bytes
    counters.waitingBytes = UInt64(outputs.receivers.count(of: id))
    counters.waitingBytesMark = UInt64(queued.waitingBytesMark)
    counters.heldMilliseconds = waits.held(by: id, at: turn.now) / 1_000_000
    counters.lost = outputs.lostCount(of: id)
    return counters
  }

  /// What is unfinished about a session, in words; for tests.
  func unrest(of id: SessionID) -> [String] {
    let facts = [
      ("has output", outputs.receivers.count(of: id) > 0), ("has losses", outputs.hasUnreportedLosses(id)),
      ("is slow", outputs.receivers.isSlow(id)), ("waits", waits.isWaiting(id)), ("is waited for", waits.isHolding(id)),
    ]
    return facts.filter(\.1).map(\.0)
  }

  /// The headers of all frames that are kept; for tests.
  var keptHeaders: [FrameHeader] {
    var headers: [FrameHeader] = []
    var replay = outputs.replay(of: .everything, newerThan: ListenSet())
    while let current = replay {
      switch outputs.next(of: current, for: SessionID(slot: .max)) {
      case .end: replay = nil
      case .nothingYet(let rest): replay = rest
      case .frame(let frame, let rest):
        headers.append(frame.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) })
        replay = rest
      }
    }
    return headers
  }
}
