/// Who waits for whom, and who has waited longest. Times are monotonic nanoseconds.
///
/// A session waits for receivers of its frames, or for itself: until it has read what it asked for.
struct Waits: ~Copyable {
  fileprivate enum Wait {
    /// Until all of `receivers` have room that have not had any since.
    case others(count: Int)
    case itself
    /// For the next turn: there was enough to do in this one.
    case turn
  }

  struct Place {
    /// Nothing is read from it meanwhile.
    fileprivate var wait: Wait?
    fileprivate var since: UInt64 = 0
    /// Whom it began to wait for; some of them may have room again.
    fileprivate var receivers: [SessionID] = []
    /// The others that wait for it.
    fileprivate var waiters: [SessionID] = []
    /// Its place in the line of those who wait; kept until it gets something through.
    fileprivate var ticket: UInt64?
    /// For how long it was not read, in all.
    fileprivate var unread: UInt64 = 0
  }

  private var places = SlotTable<Place>()
  private var allowances = Allowances()
  /// Receivers that others wait for.
  private var holderCount = 0
  private var lastTicket: UInt64 = 0
  private var resumable: [SessionID] = []
  /// Those that wait for the next turn, the first first.
  private var postponed: [SessionID] = []
  private var postponedStart = 0

  init() {}

  mutating func open(_ id: SessionID) {
    places.open(id, Place())
    allowances.open(id)
  }

  mutating func join(_ id: SessionID, as key: ModuleKey, at now: UInt64) { allowances.join(id, as: key, at: now) }

  /// Forgets whom a session that is gone waits for; nobody waits for it any more.
  mutating func close(_ id: SessionID, at now: UInt64) {
    if case .others = places[id].wait {
      for receiver in places[id].receivers { removeWaiter(id, of: receiver, at: now) }
    }
    places[id].wait = nil
    allowances.leave(id, at: now)
  }

  private mutating func removeWaiter(_ id: SessionID, of receiver: SessionID, at now: UInt64) {
    guard let index = places[receiver].waiters.firstIndex(of: id) else { return }
    places[receiver].waiters.swapAt(index, places[receiver].waiters.endIndex - 1)
    places[receiver].waiters.removeLast()
    if places[receiver].waiters.isEmpty { stopHolding(receiver, at: now) }
  }

  private mutating func stopHolding(_ receiver: SessionID, at now: UInt64) {
    holderCount -= 1
    allowances.end(receiver, at: now)
  }

  // MARK: Who waits

  @inline(__always)
  func isWaiting(_ id: SessionID) -> Bool { places[id].wait != nil }

  func isWaitingForItself(_ id: SessionID) -> Bool {
    if case .itself = places[id].wait { true } else { false }
  }

  /// Whether others wait for a receiver.
  @inline(__always)
  func isHolding(_ id: SessionID) -> Bool { holderCount > 0 && !places[id].waiters.isEmpty }

  /// Whether somebody has waited longer for this receiver. Otherwise small frames would never let a large one in.
  func isBehindOthers(_ id: SessionID, _ receiver: SessionID) -> Bool {
    let ticket = places[id].ticket ?? .max
    return isHolding(receiver) && places[receiver].waiters.contains { places[$0].ticket ?? .max < ticket }
  }

  /// For how long a session was not read, in all.
  func unread(of id: SessionID) -> UInt64 { places[id].unread }

  /// How long a receiver has held its senders back, in all.
  func held(by id: SessionID, at now: UInt64) -> UInt64 { allowances.held(by: id, at: now) }

  /// When a receiver's patience is used up if nobody stops waiting; nil if nobody waits.
  func patienceEnd(of id: SessionID) -> UInt64? { allowances.deadline(of: id) }

  // MARK: Waiting

  /// Stops reading a session that does not wait yet, until it has read what it asked for.
  mutating func waitForItself(_ id: SessionID, at now: UInt64) {
    begin(.itself, id, at: now)
  }

  /// Stops reading a session that does not wait yet, until all of some receivers have room again. The patience of each of
  /// them runs meanwhile.
  ///
  /// - Returns: when the first of them has no patience left.
  mutating func wait(_ id: SessionID, for receivers: [SessionID], at now: UInt64) -> UInt64 {
    begin(.others(count: receivers.count), id, at: now)
    places[id].receivers.removeAll(keepingCapacity: true)
    places[id].receivers.append(contentsOf: receivers)
    var deadline = UInt64.max
    for receiver in receivers {
      if places[receiver].waiters.isEmpty { holderCount += 1 }
      places[receiver].waiters.append(id)
      deadline = min(deadline, allowances.begin(receiver, at: now))
    }
    return deadline
  }

  private mutating func begin(_ wait: Wait, _ id: SessionID, at now: UInt64) {
    places[id].wait = wait
    places[id].since = now
    if places[id].ticket == nil { places[id].ticket = nextTicket() }
  }

  /// Leaves a session that does not wait yet for the next turn.
  mutating func postpone(_ id: SessionID, at now: UInt64) {
    begin(.turn, id, at: now)
    postponed.append(id)
  }

  /// Whether somebody waits for the next turn.
  var hasPostponed: Bool { postponedStart < postponed.count }

  /// The next session that has waited for this turn.
  mutating func nextPostponed(at now: UInt64) -> SessionID? {
    while postponedStart < postponed.count {
      let id = postponed[postponedStart]
      postponedStart += 1
      if postponedStart > 64, postponedStart * 2 > postponed.count {
        postponed.removeFirst(postponedStart)
        postponedStart = 0
      }
      guard case .turn = places[id].wait else { continue }
      endWait(of: id, at: now)
      return id
    }
    return nil
  }

  /// Starts a session that got something through at the end of the line again.
  mutating func queueAgain(_ id: SessionID) { places[id].ticket = isWaiting(id) ? nextTicket() : nil }

  mutating func leaveLine(_ id: SessionID) { places[id].ticket = nil }

  private mutating func nextTicket() -> UInt64 {
    lastTicket += 1
    return lastTicket
  }

  // MARK: Going on

  /// Lets a session go on that waits for itself.
  mutating func wakeItself(_ id: SessionID, at now: UInt64) {
    guard isWaitingForItself(id) else { return }
    endWait(of: id, at: now)
    resumable.append(id)
  }

  /// Lets all go on who wait for this receiver and for no other.
  mutating func wakeAll(waitingFor receiver: SessionID, at now: UInt64) {
    guard isHolding(receiver) else { return }
    stopHolding(receiver, at: now)
    var woken: [(ticket: UInt64, id: SessionID)] = []
    for id in places[receiver].waiters {
      guard case .others(let count) = places[id].wait else { continue }
      if count > 1 {
        places[id].wait = .others(count: count - 1)
      } else {
        endWait(of: id, at: now)
        woken.append((places[id].ticket ?? 0, id))
      }
    }
    places[receiver].waiters.removeAll(keepingCapacity: true)
    // The last one in the list goes on first, so it must be the one that has waited for the longest time.
    woken.sort { $0.ticket > $1.ticket }
    resumable += woken.map(\.id)
  }

  private mutating func endWait(of id: SessionID, at now: UInt64) {
    places[id].unread += now &- places[id].since
    places[id].wait = nil
  }

  /// The next session that can go on.
  mutating func nextResumable() -> SessionID? { resumable.popLast() }
}
