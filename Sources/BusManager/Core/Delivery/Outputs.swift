import BusWire

/// Who loses what, and how that is reported: over the queues of all receivers and the frames that are kept.
struct Outputs: ~Copyable {
  /// The queue of each receiver by itself.
  var receivers = Receivers()

  private let queueBytesMax: Int
  private let memoryBytesMax: Int
  private var losses = Losses()
  /// Those whose output was forgotten because they do not read what they asked for, and who are to be let go.
  private var silent: [SessionID] = []
  private var retained: Retained

  init(_ limits: ManagerLimits) {
    queueBytesMax = limits.queueBytesMax
    memoryBytesMax = limits.queuesBytesMax
    retained = Retained(bytesMax: min(limits.retainedBytesMax, limits.queuesBytesMax / 2))
  }

  mutating func join(_ id: SessionID, _ member: Member) {
    receivers.join(id, isObserver: member.isObserver)
    losses.join(id, member.identity)
  }

  /// Forgets what is kept and counted for a session that is a module no more.
  mutating func leave(_ id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn) {
    losses.leave(id, &turn)
    retained.removeAll(of: id)
    pool.reserve(retained.byteCount, for: .keptFrames)
  }

  /// Forgets a session that is gone.
  mutating func close(_ id: SessionID) { receivers.close(id) }

  // MARK: Queueing

  /// Whether nobody has to wait for room and nothing has to be dropped.
  @inline(__always)
  func hasRoom(_ run: Run, _ lane: Lane, in id: SessionID) -> Bool {
    receivers.count(of: id, in: lane) &+ run.byteCount <= queueBytesMax
  }

  /// Whether a receiver's lane takes a frame: within the limit, or any one frame if it is empty.
  func takes(_ frameBytes: Int, _ lane: Lane, _ id: SessionID) -> Bool {
    let waiting = receivers.count(of: id, in: lane)
    return waiting + frameBytes <= queueBytesMax || waiting == 0
  }

  /// Whether half of every lane is free that senders wait for.
  func isHalfFree(_ id: SessionID) -> Bool {
    Lane.inOrder.allSatisfy { !$0.holdsBack || receivers.count(of: id, in: $0) <= queueBytesMax / 2 }
  }

  // MARK: The bus's own frames

  /// What waits of the bus's own frames for all receivers together leaves most of the memory to the modules' frames.
  private var busBytesMax: Int { memoryBytesMax / 4 }

  /// Whether a receiver may be sent more of the bus's own frames: within its own limit, and that of all together unless
  /// next to nothing waits for it.
  func takesBus(_ byteCount: Int, _ id: SessionID) -> Bool {
    let waiting = receivers.count(of: id, in: .bus)
    if waiting + byteCount <= min(BlockPool.capacity, queueBytesMax) { return true }
    return receivers.busByteCount + byteCount <= busBytesMax && (waiting == 0 || waiting + byteCount <= queueBytesMax)
  }

  /// For how many bytes of small answers a receiver has room.
  func roomForAnswers(_ id: SessionID) -> Int {
    let small = min(BlockPool.capacity, queueBytesMax)
    let bytesMax = max(
      small, min(queueBytesMax, receivers.count(of: id, in: .bus) + busBytesMax - receivers.busByteCount))
    return max(0, bytesMax - receivers.count(of: id, in: .bus))
  }

  /// Whether a receiver has read enough of its answers to ask for more.
  func hasRoomForAnswers(_ id: SessionID) -> Bool {
    let waiting = receivers.count(of: id, in: .bus)
    return waiting <= min(BlockPool.capacity, queueBytesMax) / 2
      || (waiting <= queueBytesMax / 2 && receivers.busByteCount <= busBytesMax / 2)
  }

  /// Queues one of the bus's own frames.
  mutating func enqueue<Frame: TypedFrame>(
    _ frame: Frame, to id: SessionID, lane: Lane = .bus, _ pool: inout BlockPool, _ turn: Turn
  ) {
    receivers.queueBus(BusFrameBytes.encode(frame, wallTime: turn.wallTime), lane, for: id, &pool)
  }

  /// Queues a frame that a receiver did not ask for just now. One that lets too much of the bus's own wait loses what
  /// comes then.
  mutating func enqueueNews(
    _ frame: [UInt8], of type: UInt16, to id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn
  ) {
    if takesBus(frame.count, id) {
      receivers.queueBus(frame, .bus, for: id, &pool)
    } else {
      losses.add(FrameHeader(size: 0, type: type), .queueFull, of: id, &turn)
    }
  }

  // MARK: Losing

  /// Has a receiver that is not waited for drop its oldest frames until there is room.
  mutating func makeRoom(
    _ byteCount: Int, _ lane: Lane, in id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn
  ) {
    guard receivers.count(of: id, in: lane) + byteCount > queueBytesMax else { return }
    if lane == .dataStream, receivers.hasManyNewStreamFrames(id) { dropReplaced(in: id, &pool, &turn) }
    while receivers.count(of: id, in: lane) + byteCount > queueBytesMax, drop(from: id, lane, .queueFull, &pool, &turn)
    {}
  }

  /// Has a receiver that is behind drop the data stream frames that newer ones have replaced.
  mutating func dropReplaced(in id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn) {
    var replaced: [FrameHeader] = []
    receivers.dropReplaced(of: id, &pool) { replaced.append($0) }
    for header in replaced { losses.add(header, .replaced, of: id, &turn) }
  }

  /// Records that a receiver does not get a frame for which there is no memory.
  mutating func loseForMemory(_ header: FrameHeader, of id: SessionID, _ turn: inout Turn) {
    losses.add(header, .memoryFull, of: id, &turn)
  }

  /// Drops the oldest frame of a lane.
  ///
  /// - Returns: whether there was one.
  private mutating func drop(
    from id: SessionID, _ lane: Lane, _ reason: LossReason, _ pool: inout BlockPool, _ turn: inout Turn
  ) -> Bool {
    guard let header = receivers.dropFrame(in: lane, of: id, &pool) else { return false }
    losses.add(header, reason, of: id, &turn)
    return true
  }

  // MARK: Memory

  /// What gives memory back.
  enum Relief {
    /// There is enough.
    case enough
    /// Those who hold it and are waited for, once they read or their patience ends.
    case waiting([SessionID])
    /// Nothing.
    case none
  }

  /// Makes memory free at the receivers that hold most of it, as far as they need not be waited for, of kept frames if
  /// that does not help, and at last of one that does not read what it asked for. What could never be enough is not begun
  /// with.
  mutating func makeMemory(_ byteCount: Int, _ pool: inout BlockPool, _ turn: inout Turn) -> Relief {
    if pool.bytesLeft >= byteCount { return .enough }
    if byteCount > memoryBytesMax { return .none }
    var holders = Receivers.Holders.behind
    while pool.bytesLeft < byteCount {
      let awaited = receivers.fullest(holders) { receivers.isAwaited($0) ? receivers.heldBackCount(of: $0) : 0 }
      let awaitedBytes = awaited.map { receivers.heldBackCount(of: $0) } ?? 0
      if let id = receivers.fullest(holders, { droppableBytes(of: $0) }),
        awaitedBytes < BlockPool.capacity || receivers.count(of: id) >= receivers.count(of: awaited ?? id)
      {
        dropOldest(of: id, until: byteCount, &pool, &turn)
      } else if let awaited, awaitedBytes >= BlockPool.capacity {
        return .waiting(allHolders(besides: awaited))
      } else if case .behind = holders {
        holders = .all
      } else if retained.byteCount > 0 {
        recordDropped(retained.free(byteCount - pool.bytesLeft), &pool, &turn)
      } else if let id = silentAsker {
        receivers.removeFrames(of: id, &pool)
        silent.append(id)
      } else {
        return .none
      }
    }
    return .enough
  }

  /// Drops what is oldest of a receiver, at most an eighth of it at a time: to look for who holds most costs a look at all.
  private mutating func dropOldest(
    of id: SessionID, until byteCount: Int, _ pool: inout BlockPool, _ turn: inout Turn
  ) {
    if receivers.hasNewStreamFrames(id) { dropReplaced(in: id, &pool, &turn) }
    let rest = receivers.count(of: id) - max(1, receivers.count(of: id) / 8)
    while pool.bytesLeft < byteCount, receivers.count(of: id) > rest, let lane = droppableLane(of: id) {
      _ = drop(from: id, lane, .memoryFull, &pool, &turn)
    }
  }

  private func droppableLane(of id: SessionID) -> Lane? {
    Lane.droppable.first { receivers.count(of: id, in: $0) > 0 && !receivers.isAwaited(id, in: $0) }
  }

  private func droppableBytes(of id: SessionID) -> Int {
    Lane.droppable.reduce(0) { $0 + (receivers.isAwaited(id, in: $1) ? 0 : receivers.count(of: id, in: $1)) }
  }

  /// One that holds memory and is waited for, and all others that are behind and do. They use up their patience together.
  private func allHolders(besides id: SessionID) -> [SessionID] {
    [id]
      + receivers.behindIDs.filter {
        $0 != id && receivers.isAwaited($0) && receivers.heldBackCount(of: $0) >= BlockPool.capacity
      }
  }

  /// The next session that is to be let go because it does not read what it asked for.
  mutating func nextSilent() -> SessionID? { silent.popLast() }

  /// Whether a session is to be let go.
  func isSilent(_ id: SessionID) -> Bool { silent.contains(id) }

  /// Who holds most of the bus's own frames and takes none.
  private var silentAsker: SessionID? {
    let id = receivers.fullest(.behind) { receivers.count(of: $0, in: .bus) }
    return id.flatMap { receivers.count(of: $0, in: .bus) >= BlockPool.capacity ? $0 : nil }
  }

  // MARK: Reporting

  /// Whether a module lost something that was not reported to it yet.
  func hasUnreportedLosses(_ id: SessionID) -> Bool { losses.hasUnreported(id) }

  /// Frames that a module did not get since it joined.
  func lostCount(of id: SessionID) -> UInt64 { losses.total(of: id) }

  /// Reports to a module what it lost, unless the report before was a moment ago.
  mutating func reportLosses(to id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn) {
    for lost in losses.takeDue(of: id, &turn) { enqueue(lost, to: id, &pool, turn) }
  }

  /// Reports to a module what it lost, before its GOODBYE.
  mutating func reportLossesNow(to id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn) {
    if receivers.hasNewStreamFrames(id) { dropReplaced(in: id, &pool, &turn) }
    for lost in losses.take(of: id, &turn) { enqueue(lost, to: id, &pool, turn) }
  }

  // MARK: Kept frames

  /// Sets how many frames of a type are kept for each instance; 1 if it was never set.
  mutating func setDepth(_ depth: Int, of type: UInt16, for id: SessionID) {
    retained.setDepth(depth, of: type, for: id)
  }

  /// Keeps frames for those who listen later.
  mutating func keep(_ run: Run, _ type: UInt16, from id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn) {
    if retained.depth(of: type, for: id) == 1 { return keep(run.lastFrame, from: id, &pool, &turn) }
    run.forEachFrame { keep($0, from: id, &pool, &turn) }
  }

  private mutating func keep(
    _ frame: UnsafeRawBufferPointer, from id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn
  ) {
    recordDropped(retained.keep(frame, of: id, bytesFree: pool.bytesLeft), &pool, &turn)
  }

  /// Reports to modules what is not kept of theirs.
  private mutating func recordDropped(
    _ dropped: [Retained.Dropped], _ pool: inout BlockPool, _ turn: inout Turn
  ) {
    pool.reserve(retained.byteCount, for: .keptFrames)
    for frame in dropped { losses.addNotKept(frame.header, of: frame.owner) }
    for frame in dropped where !receivers.isBehind(frame.owner) { reportLosses(to: frame.owner, &pool, &turn) }
  }

  /// Memory that the kept frames take.
  var retainedByteCount: Int { retained.byteCount }

  /// All that is kept now and is new in a listen set; nil if nothing is kept.
  func replay(of listens: ListenSet, newerThan before: ListenSet) -> Replay? {
    retained.byteCount > 0 ? Replay(of: retained, listens, newerThan: before) : nil
  }

  /// The next frame of a replay, and the replay behind it.
  func next(of replay: Replay, for id: SessionID) -> Replay.Step {
    replay.next(of: retained, for: id)
  }
}
