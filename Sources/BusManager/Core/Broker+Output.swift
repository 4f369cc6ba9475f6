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

  /// Takes note of bytes that went out; wakes the senders that waited for this receiver once half is free.
  public mutating func sent(_ byteCount: Int, to id: SessionID) -> OutputState {
    sessions[id].output.drop(byteCount, pool)
    if isWaitedFor(id), hasRoomAgain(id) { wakeSenders(waitingFor: id) }
    return outputState(of: id)
  }

  func outputState(of id: SessionID) -> OutputState {
    if sessions[id].output.count > 0 { return .pending }
    return sessions[id].state == .leaving ? .finished : .drained
  }

  /// Takes note that the sending side is shut; the session ends with the other end's or its deadline.
  public mutating func finished(_ id: SessionID) {
    sessions[id].state = .lingering
  }

  /// Forgets what waits for a connection that cannot be written to any more. What it sent can still be read.
  public mutating func outputFailed(_ id: SessionID) {
    sessions[id].output.discard(pool)
    if isWaitedFor(id) { wakeSenders(waitingFor: id) }
  }

  /// Forgets what waits for a session that is no module any more, up to whole frames; nobody waits for it then.
  mutating func forgetOutput(of id: SessionID) {
    sessions[id].output.removeAll(pool)
    if isWaitedFor(id) { wakeSenders(waitingFor: id) }
  }

  private func hasRoomAgain(_ id: SessionID) -> Bool {
    OutputQueues.Lane.allCases.allSatisfy { sessions[id].output.count(in: $0) <= limits.queueBytesMax / 2 }
  }

  /// By others, or by itself because it reads no answers.
  @inline(__always)
  private func isWaitedFor(_ id: SessionID) -> Bool {
    sessions[id].waitingCount > 0 || sessions[id].waitsFor == id
  }

  private mutating func wakeSenders(waitingFor receiver: SessionID) {
    var woken: [(ticket: UInt64, id: SessionID)] = []
    for id in sessions.ids where sessions[id].waitsFor == receiver {
      sessions[id].waitsFor = nil
      woken.append((sessions[id].ticket, id))
    }
    sessions[receiver].waitingCount = 0
    // The last one in the list goes on first, so it must be the one that has waited for the longest time.
    woken.sort { $0.ticket > $1.ticket }
    resumable += woken.map(\.id)
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
  mutating func enqueue<Frame: TypedFrame>(_ frame: Frame, to id: SessionID, lane: OutputQueues.Lane = .bus) {
    let bytes = BusFrameBytes.encode(frame, wallTime: wallTime)
    bytes.withUnsafeBytes { sessions[id].output.append($0.baseAddress!, $0.count, to: lane, pool) }
    markDirty(id)
  }
}
