import BusWire

/// The frames that modules asked to keep, for those who listen later.
///
/// Each module has a shelf of its own, which ends with it. All shelves together are bounded: where a new frame has no
/// room, a module that takes up its share of the memory or more gives up its own oldest frames, and for one that takes up
/// less the module that keeps most gives up its oldest.
struct Retained: ~Copyable {
  /// A frame that is kept no more, or never was, because memory was full.
  struct Dropped {
    let owner: SessionID
    let header: FrameHeader
  }

  /// How far a listener has come.
  struct Cursor {
    fileprivate var slot = 0
    fileprivate var arrival: UInt64 = 0
    /// What arrived later reaches the listener without being asked for.
    fileprivate let end: UInt64
  }

  private let bytesMax: Int
  private var shelves: [KeptFrames?] = []
  /// Shelves with a frame on them.
  private var usedCount = 0
  private var lastArrival: UInt64 = 0
  /// Memory that the kept frames take, with what it costs to keep them.
  private(set) var byteCount = 0

  /// - Parameter bytesMax: what all kept frames may take together.
  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  /// Sets how many frames of a type are kept for each instance, from the next frame on; 1 if it was never set.
  mutating func setDepth(_ depth: Int, of type: UInt16, for id: SessionID) {
    guard depth != self.depth(of: type, for: id) else { return }
    change(id) { $0.setDepth(depth, of: type) }
  }

  /// How many frames of a type are kept for each instance.
  func depth(of type: UInt16, for id: SessionID) -> Int {
    Int(id.slot) < shelves.count ? shelves[Int(id.slot)]?.depth(of: type) ?? 1 : 1
  }

  /// Forgets what a module asked to keep.
  mutating func removeAll(of id: SessionID) {
    guard Int(id.slot) < shelves.count else { return }
    change(id) { $0 = KeptFrames() }
    shelves[Int(id.slot)] = nil
  }

  /// Keeps a frame in place of the oldest of its type and instance.
  ///
  /// - Parameter bytesFree: memory that the manager has left for anything.
  /// - Returns: what had to go for it because memory is full; the frame itself if it has no room at all.
  mutating func keep(_ frame: UnsafeRawBufferPointer, of id: SessionID, bytesFree: Int) -> [Dropped] {
    let header = FrameHeader(at: frame.baseAddress!)
    let spare: [UInt8]?
    switch change(id, { $0.makeRoom(for: header) }) {
    case .known: return []
    case .room(let bytes): spare = bytes
    }
    let room = min(bytesMax, byteCount + max(0, bytesFree)) - KeptFrames.cost(of: frame.count)
    var dropped: [Dropped] = []
    if room >= 0, byteCount > room { dropped = shrink(to: room, for: id) }
    guard byteCount <= room else {
      // What is kept are always the latest of their kind, without a gap.
      let older = change(id) { $0.removeKind(of: header) }
      return dropped + (older + [header]).map { Dropped(owner: id, header: $0) }
    }
    lastArrival += 1
    let arrival = lastArrival
    change(id) { $0.append(frame, header, arrival: arrival, reusing: spare) }
    return dropped
  }

  /// Gives memory back, as far as kept frames take it.
  ///
  /// - Returns: what is kept no more.
  mutating func free(_ bytes: Int) -> [Dropped] {
    shrink(to: max(0, byteCount - bytes), for: nil)
  }

  private mutating func shrink(to bytes: Int, for id: SessionID?) -> [Dropped] {
    var dropped: [Dropped] = []
    while byteCount > bytes, let owner = whoGivesUp(for: id) {
      // Some at a time: to look for who keeps most costs a look at everyone.
      let half = byteCount(of: owner) / 2
      repeat {
        guard let header = change(owner, { $0.removeOldest() }) else { break }
        dropped.append(Dropped(owner: owner, header: header))
      } while byteCount > bytes && byteCount(of: owner) > half
    }
    return dropped
  }

  private func whoGivesUp(for id: SessionID?) -> SessionID? {
    if let id, byteCount(of: id) > 0, byteCount(of: id) >= bytesMax / max(1, usedCount) { return id }
    let all = shelves.indices.lazy.map { SessionID(slot: UInt32($0)) }
    return all.max { byteCount(of: $0) < byteCount(of: $1) }.flatMap { byteCount(of: $0) > 0 ? $0 : nil }
  }

  private func byteCount(of id: SessionID) -> Int {
    Int(id.slot) < shelves.count ? shelves[Int(id.slot)]?.byteCount ?? 0 : 0
  }

  private mutating func change<Result>(_ id: SessionID, _ body: (inout KeptFrames) -> Result) -> Result {
    let slot = Int(id.slot)
    while shelves.count <= slot { shelves.append(nil) }
    let before = shelves[slot]?.byteCount ?? 0
    let result = body(&shelves[slot, default: KeptFrames()])
    let after = shelves[slot]?.byteCount ?? 0
    byteCount += after - before
    usedCount += (after > 0 ? 1 : 0) - (before > 0 ? 1 : 0)
    return result
  }

  // MARK: Reading

  /// The start of everything that is kept now.
  var start: Cursor { Cursor(end: lastArrival) }

  /// The next frame for a listener: module by module, each module's in the order in which they arrived.
  ///
  /// - Parameters:
  ///   - listener: gets none of its own.
  ///   - isWanted: whether the listener asked for a type and instance.
  /// - Returns: the whole frame, marked as retained, if one of the next that are looked at is wanted.
  func next(_ cursor: inout Cursor, for listener: SessionID, where isWanted: (KeptFrames.Kind) -> Bool) -> Found {
    var looks = Self.looksMax
    while cursor.slot < shelves.count {
      if cursor.slot != Int(listener.slot),
        let found = shelves[cursor.slot]?.next(after: cursor.arrival, upTo: cursor.end, &looks, where: isWanted)
      {
        cursor.arrival = found.arrival
        return found.bytes.map { .frame($0) } ?? .nothingYet
      }
      cursor.slot += 1
      cursor.arrival = 0
      looks -= 1
      if looks <= 0 { return .nothingYet }
    }
    return .end
  }

  /// Kept frames that are looked at for one that is wanted, at a time.
  private static let looksMax = 1024

  /// What a look at kept frames brings.
  enum Found {
    case frame([UInt8])
    case nothingYet
    case end
  }
}

extension Array where Element == KeptFrames? {
  fileprivate subscript(slot: Int, default shelf: @autoclosure () -> KeptFrames) -> KeptFrames {
    get { self[slot] ?? shelf() }
    _modify {
      if self[slot] == nil { self[slot] = shelf() }
      yield &self[slot]!
    }
  }
}
