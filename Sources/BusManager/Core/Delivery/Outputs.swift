import BusWire

/// Who loses what, and how that is reported: over the queues of all receivers and the frames that are kept.
struct Outputs: ~Copyable {
  /// The queue of each receiver by itself.
  var receivers = Receivers()

  private let queueBytesMax: Int
  private var losses = Losses()
  private var retained: Retained

  init(_ limits: ManagerLimits) {
    queueBytesMax = limits.queueBytesMax
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
    pool.reserve(retained.byteCount)
  }

  // MARK: Queueing

  /// Whether nobody has to wait for room and nothing has to be dropped.
  @inline(__always)
  func hasRoom(_ run: Run, _ lane: Lane, in id: SessionID) -> Bool {
    receivers.count(of: id, in: lane) &+ run.byteCount <= queueBytesMax
      && (lane != .dataStream || !receivers.isBehind(id))
  }

  /// Whether a receiver's lane takes a frame: within the limit, or any one frame if it is empty.
  func takes(_ frameBytes: Int, _ lane: Lane, _ id: SessionID) -> Bool {
    let waiting = receivers.count(of: id, in: lane)
    return waiting + frameBytes <= queueBytesMax || waiting == 0
  }

  /// Whether half of every lane is free.
  func isHalfFree(_ id: SessionID) -> Bool {
    Lane.inOrder.allSatisfy { receivers.count(of: id, in: $0) <= queueBytesMax / 2 }
  }

  /// Queues one of the bus's own frames.
  mutating func enqueue<Frame: TypedFrame>(
    _ frame: Frame, to id: SessionID, lane: Lane = .bus, _ pool: inout BlockPool, _ turn: Turn
  ) {
    receivers.queueBus(BusFrameBytes.encode(frame, wallTime: turn.wallTime), lane, for: id, &pool)
  }

  /// Queues news of a module. A receiver that lets a whole queue of the bus's own frames wait loses what comes then.
  mutating func enqueueNews(_ status: ModuleStatus, to id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn) {
    if receivers.count(of: id, in: .bus) > queueBytesMax {
      losses.add(FrameHeader(size: 0, type: ModuleStatus.frameType.id), .queueFull, of: id, &turn)
    } else {
      enqueue(status, to: id, &pool, turn)
    }
  }

  // MARK: Losing

  /// Has a receiver that is not waited for drop its oldest frames until there is room.
  mutating func makeRoom(
    _ byteCount: Int, _ lane: Lane, in id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn
  ) {
    while receivers.count(of: id, in: lane) + byteCount > queueBytesMax, drop(from: id, lane, .queueFull, &pool, &turn)
    {}
  }

  /// Has a receiver that is behind drop the older frames of the same sender, type and instance.
  mutating func replaceOlder(
    than newer: FrameHeader, in id: SessionID, _ pool: inout BlockPool, _ turn: inout Turn
  ) {
    guard receivers.isBehind(id) else { return }
    for header in receivers.dropOlder(than: newer, of: id, &pool) { losses.add(header, .replaced, of: id, &turn) }
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

  /// Makes memory free at the receivers that hold most of it, as far as they need not be waited for, and of kept frames
  /// if that does not help.
  ///
  /// - Returns: whom to wait for if that is not enough; nil if it is, or nothing waits anywhere.
  mutating func makeMemory(_ byteCount: Int, _ pool: inout BlockPool, _ turn: inout Turn) -> SessionID? {
    while pool.bytesLeft < byteCount {
      let id = receivers.fullest()
      if let id, let lane = droppableLane(of: id) {
        _ = drop(from: id, lane, .memoryFull, &pool, &turn)
      } else if retained.byteCount > 0, id.map({ isWaitingUseless(for: $0) }) ?? true {
        recordDropped(retained.free(byteCount - pool.bytesLeft), &pool, &turn)
      } else {
        return id
      }
    }
    return nil
  }

  private func droppableLane(of id: SessionID) -> Lane? {
    Lane.droppable.first { receivers.count(of: id, in: $0) > 0 && !receivers.isAwaited(id, in: $0) }
  }

  /// Whether a receiver would give next to nothing back, or nobody has patience with it any more.
  private func isWaitingUseless(for id: SessionID) -> Bool {
    receivers.count(of: id) < BlockPool.capacity || !receivers.isAwaited(id)
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
    pool.reserve(retained.byteCount)
    for frame in dropped { losses.addNotKept(frame.header, of: frame.owner) }
    for frame in dropped where !receivers.isBehind(frame.owner) { reportLosses(to: frame.owner, &pool, &turn) }
  }

  /// Memory that the kept frames take.
  var retainedByteCount: Int { retained.byteCount }

  /// All that is kept now and is new in a listen set; nil if nothing is kept.
  func replay(of listens: ListenSet, newerThan before: ListenSet) -> Replay? {
    retained.byteCount > 0 ? Replay(of: retained, listens, newerThan: before) : nil
  }

  /// The next frame of a replay, and the replay behind it; nil at the end.
  func next(of replay: Replay, for id: SessionID) -> (frame: [UInt8], rest: Replay)? {
    replay.next(of: retained, for: id)
  }
}
