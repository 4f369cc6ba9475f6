import BusWire

/// Who waits for whom: it hands runs to the receivers that have room, and stops reading the senders of those that have none.
struct Delivery: ~Copyable {
  /// The memory of everything that waits, what the senders have sent too early included.
  var pool: BlockPool

  private let limits: ManagerLimits
  private var outputs: Outputs
  private var waits = Waits()
  private var replays: [SessionID: Replay] = [:]

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

  mutating func join(_ id: SessionID, _ member: Member) { outputs.join(id, member) }

  /// Forgets what is kept and counted for a session that is a module no more.
  mutating func leave(_ id: SessionID, _ turn: inout Turn) { outputs.leave(id, &pool, &turn) }

  /// Forgets what waits for a session that is no module any more, up to whole frames; nobody waits for it then.
  mutating func forgetOutput(of id: SessionID, _ turn: Turn) {
    outputs.receivers.removeFrames(of: id, &pool)
    if waits.isWaitedFor(id) { waits.wakeAll(waitingFor: id, at: turn.now) }
  }

  /// Forgets what waits for a connection that cannot be written to any more.
  mutating func outputFailed(_ id: SessionID, _ turn: inout Turn) {
    endReplay(to: id, &turn)
    outputs.receivers.removeAll(of: id, &pool)
    if waits.isWaitedFor(id) { waits.wakeAll(waitingFor: id, at: turn.now) }
  }

  mutating func close(_ id: SessionID, _ turn: inout Turn) {
    outputFailed(id, &turn)
    waits.close(id, at: turn.now)
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
    if lane != .dataStream {
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
    if lane == .dataStream {
      let header = FrameHeader(at: frame.bytes)
      for index in 0..<route.count {
        let receiver = router.receiver(index, of: route)
        if receiver != id { outputs.replaceOlder(than: header, in: receiver, &pool, &turn) }
      }
    }
    makeRoom(frame.byteCount, lane, route, router, from: id, &turn)
    queue(frame, lane, route, router, from: id)
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
    var needsMemory = frameBytes > BlockPool.capacity
    for index in 0..<route.count {
      let receiver = router.receiver(index, of: route)
      if receiver == id { continue }
      if outputs.receivers.isAwaited(receiver, in: lane),
        !outputs.takes(frameBytes, lane, receiver) || waits.isBehindOthers(id, receiver)
      {
        wait(id, for: receiver, &turn)
        return true
      }
      // A small frame for receivers that hold next to nothing does not wait for memory, so those who do not read stop
      // only their own senders.
      if outputs.receivers.count(of: receiver) >= BlockPool.capacity { needsMemory = true }
    }
    guard needsMemory, let receiver = outputs.makeMemory(frameBytes * route.count, &pool, &turn) else { return false }
    wait(id, for: receiver, &turn)
    return true
  }

  @inline(__always)
  func isWaiting(_ id: SessionID) -> Bool { waits.isWaiting(id) }

  /// Stops reading a session until a receiver has room again.
  mutating func wait(_ id: SessionID, for receiver: SessionID, _ turn: inout Turn) {
    if let deadline = waits.wait(id, for: receiver, at: turn.now) { turn.expect(at: deadline) }
  }

  /// Stops reading a session that asks faster than it reads the answers.
  mutating func waitForOwnAnswers(_ id: SessionID, _ turn: inout Turn) {
    let waiting = outputs.receivers.count(of: id, in: .bus)
    let isFull = waiting > limits.queueBytesMax || (waiting > 0 && pool.bytesLeft <= 0)
    if isFull, !waits.isWaiting(id) { wait(id, for: id, &turn) }
  }

  /// Starts a session that got something through at the end of the line again.
  mutating func queueAgain(_ id: SessionID) { waits.queueAgain(id) }

  mutating func nextResumable() -> SessionID? { waits.nextResumable() }

  /// For how long a session was not read, in all.
  func unread(of id: SessionID) -> UInt64 { waits.unread(of: id) }

  /// Lets those go on who wait for a receiver, as far as they have room again.
  private mutating func wakeWaiting(for id: SessionID, _ turn: Turn) {
    if waits.isWaitingForItself(id), hasRoomForOwn(id) { waits.wake(id, at: turn.now) }
    if waits.isHolding(id), outputs.isHalfFree(id) { waits.wakeAll(waitingFor: id, at: turn.now) }
  }

  /// Whether half of what a module asked for itself has gone out: answers and kept frames.
  private func hasRoomForOwn(_ id: SessionID) -> Bool {
    outputs.receivers.count(of: id, in: .bus) <= limits.queueBytesMax / 2
      && outputs.receivers.count(of: id, in: .history) <= replayBytesMax / 2
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
    if let receiver = outputs.makeMemory(byteCount, &pool, &turn) {
      wait(id, for: receiver, &turn)
      return .waits
    }
    return pool.bytesLeft >= byteCount ? .granted : .refused
  }

  // MARK: Sending

  @inline(__always)
  mutating func nextDirty() -> SessionID? { outputs.receivers.nextDirty() }

  @inline(__always)
  func forEachPiece(of id: SessionID, _ body: (UnsafeRawBufferPointer) -> Bool) {
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
    if waits.isWaitedFor(id) { wakeWaiting(for: id, turn) }
    if outputs.receivers.count(of: id) > 0 { return true }
    if _slowPath(outputs.receivers.isBehind(id)), !outputs.receivers.isReplaying(id) { catchUp(id, &turn) }
    return false
  }

  /// Records that a connection takes nothing more for now.
  mutating func blocked(_ id: SessionID) { outputs.receivers.fallBehind(id, &pool) }

  private mutating func catchUp(_ id: SessionID, _ turn: inout Turn) {
    if let recovery = outputs.receivers.changePace(of: id, { $0.catchUp(at: turn.now) }) { turn.expect(at: recovery) }
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
    _ = outputs.receivers.changePace(of: id) { $0.becomeSlow() }
    waits.wakeAll(waitingFor: id, at: turn.now)
    return true
  }

  /// Looks whether a slow receiver has kept up for long enough.
  ///
  /// - Returns: whether it is waited for again.
  mutating func recovers(_ id: SessionID, _ turn: inout Turn) -> Bool {
    guard let recovery = outputs.receivers.changePace(of: id, { _ in }) else { return false }
    guard turn.now >= recovery else {
      turn.expect(at: recovery)
      return false
    }
    _ = outputs.receivers.changePace(of: id) { $0.recover() }
    return true
  }

  // MARK: Frames of the bus's own

  /// Queues one of the bus's own frames.
  mutating func enqueue<Frame: TypedFrame>(_ frame: Frame, to id: SessionID, lane: Lane = .bus, _ turn: Turn) {
    outputs.enqueue(frame, to: id, lane: lane, &pool, turn)
  }

  /// Queues news of a module, which a receiver loses that lets too much of the bus's own frames wait.
  mutating func enqueueNews(_ status: ModuleStatus, to id: SessionID, _ turn: inout Turn) {
    outputs.enqueueNews(status, to: id, &pool, &turn)
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
      guard let next = outputs.next(of: replay, for: id) else {
        endReplay(to: id, &turn)
        return true
      }
      switch claimToReplay(next.frame.count, to: id, &turn) {
      case .granted: outputs.receivers.queueKept(next.frame, for: id, &pool)
      case .waits: break portion
      case .refused: return false
      }
      replay = next.rest
    }
    replays[id] = replay
    blocked(id)
    if !waits.isWaiting(id) { wait(id, for: id, &turn) }
    return true
  }

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
      catchUp(id, &turn)
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
    while let next = replay.flatMap({ outputs.next(of: $0, for: SessionID(slot: .max)) }) {
      headers.append(next.frame.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) })
      replay = next.rest
    }
    return headers
  }
}
