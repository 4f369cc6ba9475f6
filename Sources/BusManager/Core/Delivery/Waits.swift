/// Who waits for whom, and who has waited longest. Times are monotonic nanoseconds.
///
/// A session waits for a receiver of its frames, or for itself: until it has read what it asked for.
struct Waits: ~Copyable {
  struct Wait: BitwiseCopyable {
    let receiver: SessionID
    let since: UInt64
  }

  struct Place: BitwiseCopyable {
    /// Nothing is read from it meanwhile.
    var wait: Wait?
    /// Its place in the line of those who wait; kept until it gets something through.
    var ticket: UInt64?
    /// For how long it was not read, in all.
    var unread: UInt64 = 0
    /// How many others wait for it.
    var waiterCount = 0
    var patience = Patience()
  }

  private var places = SlotTable<Place>()
  /// Of all sessions together.
  private var waiterCount = 0
  private var lastTicket: UInt64 = 0
  private var resumable: [SessionID] = []

  init() {}

  mutating func open(_ id: SessionID) { places.open(id, Place()) }

  /// Forgets what a session that is gone waits for.
  mutating func close(_ id: SessionID, at now: UInt64) {
    guard let receiver = places[id].wait?.receiver else { return }
    places[id].wait = nil
    guard receiver != id else { return }
    waiterCount -= 1
    places[receiver].waiterCount -= 1
    if places[receiver].waiterCount == 0 { places[receiver].patience.end(at: now) }
  }

  // MARK: Who waits

  @inline(__always)
  func isWaiting(_ id: SessionID) -> Bool { places[id].wait != nil }

  func isWaitingForItself(_ id: SessionID) -> Bool { places[id].wait?.receiver == id }

  /// Whether others wait for a receiver.
  @inline(__always)
  func isHolding(_ id: SessionID) -> Bool { waiterCount > 0 && places[id].waiterCount > 0 }

  /// Whether anybody waits for it: others, or it for itself.
  @inline(__always)
  func isWaitedFor(_ id: SessionID) -> Bool { isHolding(id) || isWaitingForItself(id) }

  /// Whether somebody waits longer for this receiver. Otherwise small frames would never let a large one in.
  func isBehindOthers(_ id: SessionID, _ receiver: SessionID) -> Bool {
    guard isHolding(receiver) else { return false }
    let ticket = places[id].ticket ?? .max
    return places.ids.contains { other in
      guard other != receiver, places[other].wait?.receiver == receiver, let place = places[other].ticket else {
        return false
      }
      return place < ticket
    }
  }

  /// For how long a session was not read, in all.
  func unread(of id: SessionID) -> UInt64 { places[id].unread }

  /// How long a receiver has held its senders back, in all.
  func held(by id: SessionID, at now: UInt64) -> UInt64 {
    var patience = places[id].patience
    patience.end(at: now)
    return patience.held
  }

  /// When a receiver's patience is used up if nobody stops waiting; nil if nobody waits.
  func patienceEnd(of id: SessionID) -> UInt64? { places[id].patience.deadline }

  // MARK: Waiting

  /// Stops reading a session until a receiver has room again.
  ///
  /// - Returns: when the receiver's patience ends, which runs meanwhile; nil if it waits for itself.
  mutating func wait(_ id: SessionID, for receiver: SessionID, at now: UInt64) -> UInt64? {
    places[id].wait = Wait(receiver: receiver, since: now)
    if places[id].ticket == nil { places[id].ticket = nextTicket() }
    guard receiver != id else { return nil }
    waiterCount += 1
    places[receiver].waiterCount += 1
    places[receiver].patience.begin(at: now)
    return places[receiver].patience.deadline
  }

  /// Starts a session that got something through at the end of the line again.
  mutating func queueAgain(_ id: SessionID) { places[id].ticket = isWaiting(id) ? nextTicket() : nil }

  mutating func leaveLine(_ id: SessionID) { places[id].ticket = nil }

  private mutating func nextTicket() -> UInt64 {
    lastTicket += 1
    return lastTicket
  }

  // MARK: Going on

  /// Lets a session go on.
  mutating func wake(_ id: SessionID, at now: UInt64) {
    endWait(of: id, at: now)
    resumable.append(id)
  }

  /// Lets all go on who wait for a receiver.
  mutating func wakeAll(waitingFor receiver: SessionID, at now: UInt64) {
    places[receiver].patience.end(at: now)
    var woken: [(ticket: UInt64, id: SessionID)] = []
    for id in places.ids where places[id].wait?.receiver == receiver {
      endWait(of: id, at: now)
      woken.append((places[id].ticket ?? 0, id))
    }
    waiterCount -= places[receiver].waiterCount
    places[receiver].waiterCount = 0
    // The last one in the list goes on first, so it must be the one that has waited for the longest time.
    woken.sort { $0.ticket > $1.ticket }
    resumable += woken.map(\.id)
  }

  private mutating func endWait(of id: SessionID, at now: UInt64) {
    places[id].unread += now &- (places[id].wait?.since ?? now)
    places[id].wait = nil
  }

  /// The next session that can go on.
  mutating func nextResumable() -> SessionID? { resumable.popLast() }
}
