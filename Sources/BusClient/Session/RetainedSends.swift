import BusWire

/// What this client asked the manager to keep, for the next connection.
struct RetainedSends {
  /// What all of it may take, in bytes: as much as a manager keeps unless it is set otherwise.
  static let bytesMax = 16 << 20

  private var kept = KeptFrames()
  private var lastArrival: UInt64 = 0

  /// Keeps a frame in place of the oldest of its type and instance.
  ///
  /// - Parameter depth: how many of its type are kept for each instance.
  /// - Returns: false if there was no room without giving up older frames, or for the frame at all.
  mutating func keep(_ frame: UnsafeRawBufferPointer, depth: Int) -> Bool {
    let header = FrameHeader(at: frame.baseAddress!)
    kept.setDepth(depth, of: header.type)
    guard case .room(let spare) = kept.makeRoom(for: header) else { return true }
    let room = Self.bytesMax - KeptFrames.cost(of: frame.count)
    guard room >= 0 else {
      _ = kept.removeKind(of: header)
      return false
    }
    let isFull = kept.byteCount > room
    while kept.byteCount > room, kept.removeOldest() != nil {}
    lastArrival += 1
    kept.append(frame, header, arrival: lastArrival, reusing: spare)
    return !isFull
  }

  /// Hands over each frame, marked as retained, in the order in which they were sent.
  func visit(_ body: (UnsafeRawBufferPointer) -> Void) {
    var arrival: UInt64 = 0
    while let next = kept.next(after: arrival, upTo: .max, where: { _ in true }) {
      arrival = next.arrival
      next.bytes.withUnsafeBytes(body)
    }
  }
}
