import BusWire

extension Broker {
  /// What the host has to do after bytes of a session went out.
  public enum OutputState: Equatable, Sendable {
    /// More is waiting.
    case pending
    /// Nothing is waiting.
    case drained
    /// Nothing is waiting and nothing will follow: shut the sending side.
    case finished
  }

  /// The next session that has something to send; nil at the end of a turn.
  @inline(__always)
  public mutating func nextDirty() -> SessionID? {
    while let id = dirty.popLast() {
      guard sessions[id].isDirty else { continue }
      sessions[id].isDirty = false
      return id
    }
    return nil
  }

  /// Hands over the memory that is to be sent, in order, until `body` returns false.
  @inline(__always)
  public func forEachPiece(of id: SessionID, _ body: (UnsafeRawBufferPointer) -> Bool) {
    sessions[id].output.forEachPiece(body)
  }

  /// Records bytes that went out; wakes the senders that waited for this receiver once half is free.
  public mutating func sent(_ byteCount: Int, to id: SessionID) -> OutputState {
    sessions[id].output.dropSent(byteCount, pool)
    if _slowPath(sessions[id].hasLosses) { reportLosses(to: id) }
    if isWaitedFor(id) { wakeWaiting(for: id) }
    if sessions[id].output.count > 0 { return .pending }
    if _slowPath(sessions[id].isBehind), !sessions[id].output.isReplaying { caughtUp(id) }
    return sessions[id].state == .leaving ? .finished : .drained
  }

  /// Records that a connection takes nothing more for now.
  public mutating func blocked(_ id: SessionID) {
    sessions[id].output.settle(pool)
    sessions[id].isBehind = true
  }

  mutating func caughtUp(_ id: SessionID) {
    sessions[id].isBehind = false
    sessions[id].caughtUpAt = now
    if sessions[id].isSlow { earliestDeadline = min(earliestDeadline, now + Self.recoveryNanoseconds) }
  }

  /// Records that the sending side is shut; the session ends with the other end's or its deadline.
  public mutating func finished(_ id: SessionID) {
    sessions[id].state = .lingering
  }

  /// Forgets what waits for a connection that cannot be written to any more. What it sent can still be read.
  public mutating func outputFailed(_ id: SessionID) {
    endReplay(to: id)
    sessions[id].output.removeAll(pool)
    if isWaitedFor(id) { wakeSenders(waitingFor: id) }
  }

  /// Forgets what waits for a session that is no module any more, up to whole frames; nobody waits for it then.
  mutating func forgetOutput(of id: SessionID) {
    sessions[id].output.removeFrames(pool)
    if isWaitedFor(id) { wakeSenders(waitingFor: id) }
  }

  /// The next sender that waited for room which is there now. The host goes on with `resume(_:)`.
  public mutating func nextResumable() -> SessionID? { resumable.popLast() }

  @inline(__always)
  mutating func markDirty(_ id: SessionID) {
    if !sessions[id].isDirty {
      sessions[id].isDirty = true
      dirty.append(id)
    }
  }

  /// Queues one of the bus's own frames.
  mutating func enqueue<Frame: TypedFrame>(_ frame: Frame, to id: SessionID, lane: Lane = .bus) {
    let bytes = BusFrameBytes.encode(frame, wallTime: wallTime)
    bytes.withUnsafeBytes { sessions[id].output.append($0.baseAddress!, $0.count, to: lane, pool) }
    markDirty(id)
  }
}
