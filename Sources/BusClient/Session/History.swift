import BusWire

/// The frames that this client asked the manager to keep: for each type and instance the latest ones, as many as the
/// type's schema says. They are sent again to the next manager, and wait here while there is none or it takes nothing.
struct History {
  /// What is kept at most, with what it costs to keep it; a single larger frame is not kept.
  static let bytesMax = 16 << 20

  private var kept = KeptFrames()
  private var lastArrival: UInt64 = 0
  private var lastTimestamp: UInt64 = 0
  /// The oldest frame that the present manager has not got; nil if it has got all.
  private var firstUnsent: (arrival: UInt64, timestamp: UInt64)?
  /// Frames that went before any manager got them: newer ones came, more than are kept.
  private(set) var missedFrames: UInt64 = 0
  /// Frames that the next manager will not get although their type's depth says so, because all together are too many.
  private(set) var forgottenFrames: UInt64 = 0

  /// Whether frames wait here that the present manager has not got.
  var hasUnsent: Bool { firstUnsent != nil }

  /// The time stamp of the next frame, kept or not: the present, but later than every one before. The same time stamp is
  /// the same frame.
  mutating func timestamp(now: UInt64) -> UInt64 {
    lastTimestamp = max(now, lastTimestamp &+ 1)
    return lastTimestamp
  }

  /// Keeps a frame; the oldest of its type and instance goes if there are more than `depth`.
  ///
  /// - Parameter isSent: whether it is on its way to the manager; else it waits here.
  mutating func keep(_ frame: UnsafeRawBufferPointer, depth: Int, isSent: Bool) {
    let header = FrameHeader(at: frame.baseAddress!)
    lastTimestamp = max(lastTimestamp, header.timestamp)
    kept.setDepth(depth, of: header.type)
    guard case .room(let spare) = kept.makeRoom(for: header) else { return }
    if let spare { countMissed(spare.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }) }
    let room = Self.bytesMax - KeptFrames.cost(of: frame.count)
    while kept.byteCount > max(0, room), let gone = kept.removeOldest() { forget(gone) }
    guard room >= 0 else {
      if !isSent { missedFrames += 1 }
      return forget(nil)
    }
    lastArrival += 1
    if !isSent, firstUnsent == nil { firstUnsent = (lastArrival, header.timestamp) }
    kept.append(frame, header, arrival: lastArrival, reusing: spare)
  }

  private mutating func forget(_ header: FrameHeader?) {
    forgottenFrames += 1
    if let header { countMissed(header) }
  }

  private mutating func countMissed(_ header: FrameHeader) {
    if header.timestamp >= firstUnsent?.timestamp ?? .max { missedFrames += 1 }
  }

  /// Hands all over for a new manager, marked as retained, in the order in which they were kept, across types.
  mutating func sendAll(_ send: (UnsafeRawBufferPointer) -> Void) {
    firstUnsent = nil
    visit(after: 0) {
      send($0)
      return true
    }
  }

  /// Hands over what the present manager has not got, in order.
  ///
  /// - Parameter send: sends one; false if there is no room for it: it and those behind it go on waiting.
  mutating func sendUnsent(_ send: (UnsafeRawBufferPointer) -> Bool) {
    guard let first = firstUnsent else { return }
    firstUnsent = visit(after: first.arrival - 1, send)
  }

  /// - Returns: the frame at which `body` ended the visit.
  @discardableResult
  private func visit(
    after start: UInt64, _ body: (UnsafeRawBufferPointer) -> Bool
  ) -> (arrival: UInt64, timestamp: UInt64)? {
    var arrival = start
    while let next = kept.next(after: arrival, upTo: .max, where: { _ in true }) {
      arrival = next.arrival
      let (isDone, timestamp) = next.bytes.withUnsafeBytes { (body($0), FrameHeader(at: $0.baseAddress!).timestamp) }
      if !isDone { return (arrival, timestamp) }
    }
    return nil
  }
}
