import BusWire

/// What waits for each receiver, how well it keeps up, and which of them have something to send.
struct Receivers: ~Copyable {
  struct Receiver: ~Copyable {
    var queues = OutputQueues()
    var pace = Pace()
    var isObserver = false
    /// In the list of those that have something to send.
    var isDirty = false
    var counters = Counters()
  }

  /// What was queued for a receiver since it came.
  struct Counters: BitwiseCopyable {
    var frames: UInt64 = 0
    var bytes: UInt64 = 0
    /// The most that ever waited for it.
    var waitingBytesMark = 0
  }

  private var receivers = SlotTable<Receiver>()
  /// Those whose connection took less than there was.
  private var behind = SessionSet()
  /// Bytes of the bus's own frames that wait for all receivers together.
  private(set) var busByteCount = 0
  private var dirty: [SessionID] = []
  /// Receivers of frames that still lie in the buffer for reading.
  private var borrowers: [SessionID] = []

  init() {}

  mutating func open(_ id: SessionID) { receivers.open(id, Receiver()) }

  /// Forgets a receiver that is gone.
  mutating func close(_ id: SessionID) { behind.remove(id) }

  mutating func join(_ id: SessionID, isObserver: Bool) { receivers[id].isObserver = isObserver }

  // MARK: How much waits

  @inline(__always)
  func count(of id: SessionID) -> Int { receivers[id].queues.count }

  @inline(__always)
  func count(of id: SessionID, in lane: Lane) -> Int { receivers[id].queues.count(in: lane) }

  func counters(of id: SessionID) -> Counters { receivers[id].counters }

  func heldBackCount(of id: SessionID) -> Int { receivers[id].queues.heldBackCount }

  /// Whom to ask for memory.
  enum Holders {
    /// Those whose connection took less than there was: nearly all that waits, waits for them.
    case behind
    /// Everybody, which takes the longer the more there are.
    case all
  }

  /// The receiver of which `byteCount` says most; nil if it says 0 of all.
  func fullest(_ holders: Holders, _ byteCount: (SessionID) -> Int) -> SessionID? {
    switch holders {
    case .behind: Self.most(behind.ids, byteCount)
    case .all: Self.most(receivers.ids, byteCount)
    }
  }

  private static func most(_ ids: some Sequence<SessionID>, _ byteCount: (SessionID) -> Int) -> SessionID? {
    var most: (id: SessionID?, byteCount: Int) = (nil, 0)
    for id in ids {
      let count = byteCount(id)
      if count > most.byteCount { most = (id, count) }
    }
    return most.id
  }

  /// Those whose connection took less than there was.
  var behindIDs: [SessionID] { behind.ids }

  // MARK: Queueing

  /// Runs of this many bytes and more are sent from where they were read to.
  private static let borrowedBytesMin = 4 << 10

  /// Queues a run. A long one stays in the buffer it was read into where nothing else waits.
  @inline(__always)
  mutating func queue(_ run: Run, _ lane: Lane, for id: SessionID, _ pool: inout BlockPool) {
    if run.byteCount >= Self.borrowedBytesMin, run.isInScratch, count(of: id) == 0, !isBehind(id) {
      receivers[id].queues.borrow(run.bytes, run.byteCount, lane: lane)
      borrowers.append(id)
    } else {
      receivers[id].queues.append(run.bytes, run.byteCount, to: lane, &pool)
    }
    countQueued(run.frameCount, run.byteCount, for: id)
    markDirty(id)
  }

  /// Queues a frame that was kept for this receiver.
  mutating func queueKept(_ frame: [UInt8], for id: SessionID, _ pool: inout BlockPool) {
    queueBus(frame, .history, for: id, &pool)
    countQueued(1, frame.count, for: id)
  }

  /// Queues one of the bus's own frames, which no counter counts.
  mutating func queueBus(_ frame: [UInt8], _ lane: Lane, for id: SessionID, _ pool: inout BlockPool) {
    frame.withUnsafeBytes { receivers[id].queues.append($0.baseAddress!, $0.count, to: lane, &pool) }
    if lane == .bus { busByteCount += frame.count }
    markWaiting(of: id)
    markDirty(id)
  }

  @inline(__always)
  private mutating func countQueued(_ frameCount: Int, _ byteCount: Int, for id: SessionID) {
    receivers[id].counters.frames &+= UInt64(frameCount)
    receivers[id].counters.bytes &+= UInt64(byteCount)
    markWaiting(of: id)
  }

  @inline(__always)
  private mutating func markWaiting(of id: SessionID) {
    let waiting = receivers[id].queues.count
    if waiting > receivers[id].counters.waitingBytesMark { receivers[id].counters.waitingBytesMark = waiting }
  }

  @inline(__always)
  var hasBorrowers: Bool { !borrowers.isEmpty }

  /// Copies what was not sent before its memory is used for the next bytes.
  mutating func settleBorrowers(_ pool: inout BlockPool) {
    for id in borrowers { receivers[id].queues.settle(&pool) }
    borrowers.removeAll(keepingCapacity: true)
  }

  // MARK: Sending

  @inline(__always)
  mutating func markDirty(_ id: SessionID) {
    if !receivers[id].isDirty {
      receivers[id].isDirty = true
      dirty.append(id)
    }
  }

  /// The next session that has something to send; nil at the end of a turn.
  @inline(__always)
  mutating func nextDirty() -> SessionID? {
    while let id = dirty.popLast() {
      guard receivers[id].isDirty else { continue }
      receivers[id].isDirty = false
      return id
    }
    return nil
  }

  @inline(__always)
  func forEachPiece(of id: SessionID, _ body: (UnsafeRawBufferPointer) -> Bool) {
    receivers[id].queues.forEachPiece(body)
  }

  mutating func dropSent(_ byteCount: Int, of id: SessionID, _ pool: inout BlockPool) {
    let busBytes = receivers[id].queues.count(in: .bus)
    receivers[id].queues.dropSent(byteCount, &pool)
    if _slowPath(busBytes > 0) { busByteCount -= busBytes - receivers[id].queues.count(in: .bus) }
  }

  // MARK: Keeping up

  @inline(__always)
  func isBehind(_ id: SessionID) -> Bool { receivers[id].pace.isBehind }

  func isSlow(_ id: SessionID) -> Bool { receivers[id].pace.isSlow }

  /// Whether senders wait for room in a lane. Nobody waits for observers and slow modules.
  @inline(__always)
  func isAwaited(_ id: SessionID, in lane: Lane) -> Bool { lane.holdsBack && isAwaited(id) }

  @inline(__always)
  func isAwaited(_ id: SessionID) -> Bool { !receivers[id].pace.isSlow && !receivers[id].isObserver }

  /// Its connection takes nothing more for now.
  mutating func fallBehind(_ id: SessionID, _ pool: inout BlockPool) {
    receivers[id].queues.settle(&pool)
    receivers[id].pace.fallBehind()
    behind.insert(id)
  }

  /// Its connection has taken everything.
  mutating func catchUp(_ id: SessionID) {
    receivers[id].pace.catchUp()
    behind.remove(id)
  }

  /// Nobody waits for it any more.
  mutating func becomeSlow(_ id: SessionID) { receivers[id].pace.becomeSlow() }

  /// Looks whether a slow receiver still has something waiting for which it would be waited for.
  ///
  /// - Returns: when it recovers if it keeps up.
  mutating func lookAtPace(of id: SessionID, at now: UInt64) -> UInt64? {
    receivers[id].pace.look(isFull: heldBackCount(of: id) > 0, at: now)
    return receivers[id].pace.recovery
  }

  /// When a slow receiver recovers if it keeps up; nil if it does not.
  func recovery(of id: SessionID) -> UInt64? { receivers[id].pace.recovery }

  /// It is waited for again.
  mutating func recover(_ id: SessionID) { receivers[id].pace.recover() }

  // MARK: Kept frames

  func isReplaying(_ id: SessionID) -> Bool { receivers[id].queues.isReplaying }

  /// Holds the frames of the modules back while more kept ones will come.
  mutating func setReplaying(_ id: SessionID, _ isOn: Bool) { receivers[id].queues.isReplaying = isOn }

  // MARK: Dropping

  mutating func dropFrame(in lane: Lane, of id: SessionID, _ pool: inout BlockPool) -> FrameHeader? {
    receivers[id].queues.dropFrame(in: lane, &pool)
  }

  /// Whether a receiver that is behind may have frames of data streams waiting that newer ones have replaced.
  @inline(__always)
  func hasNewStreamFrames(_ id: SessionID) -> Bool {
    receivers[id].pace.isBehind && receivers[id].queues.hasNewStreamFrames
  }

  /// Whether it is worth the time to look for them.
  func hasManyNewStreamFrames(_ id: SessionID) -> Bool {
    receivers[id].pace.isBehind && receivers[id].queues.hasManyNewStreamFrames
  }

  /// Drops the frames of data streams that a newer one of the same sender, type and instance has replaced.
  mutating func dropReplaced(of id: SessionID, _ pool: inout BlockPool, dropped: (FrameHeader) -> Void) {
    receivers[id].queues.keepNewestStreamFrames(&pool, forgotten: dropped)
  }

  /// Forgets all but the rest of a frame that went out in part.
  mutating func removeFrames(of id: SessionID, _ pool: inout BlockPool) {
    busByteCount -= count(of: id, in: .bus)
    receivers[id].queues.removeFrames(&pool)
  }

  /// Forgets everything.
  mutating func removeAll(of id: SessionID, _ pool: inout BlockPool) {
    busByteCount -= count(of: id, in: .bus)
    receivers[id].queues.removeAll(&pool)
  }
}
