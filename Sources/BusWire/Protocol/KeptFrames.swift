/// What one module asks to be kept (docs/PROTOCOL.md, "Kept frames"): the last frames of each type and instance, in the
/// order in which they came. The manager has one for each module, and each client one of its own for the next manager.
package struct KeptFrames {
  /// What a history is of.
  package struct Kind: Hashable {
    package let type: UInt16
    package let instance: UInt8

    init(_ header: FrameHeader) {
      type = header.type
      instance = header.instance
    }
  }

  private struct Entry {
    let arrival: UInt64
    let kind: Kind
    /// The frame, marked as retained; nil once it has gone.
    var bytes: [UInt8]?
  }

  package enum Room {
    /// The frame is there already.
    case known
    /// There is room for it; with the memory of a frame that went, to use again.
    case room([UInt8]?)
  }

  /// By arrival; what goes from the middle leaves a gap until there are many.
  private var entries: [Entry] = []
  /// The entries before it have gone.
  private var head = 0
  private var gapCount = 0
  private var rings: [Kind: KeptRing] = [:]
  private var depths: [UInt16: Int] = [:]
  /// Memory that the frames take, with what it costs to keep them.
  package private(set) var byteCount = 0

  /// What it costs to keep a frame beside its bytes, with its part of the ring.
  private static let overheadBytes = 256

  package init() {}

  /// What a frame of this many bytes takes.
  package static func cost(of frameBytes: Int) -> Int { frameBytes + overheadBytes }

  package mutating func setDepth(_ depth: Int, of type: UInt16) {
    depths[type] = depth > 1 ? depth : nil
  }

  package func depth(of type: UInt16) -> Int { depths[type] ?? 1 }

  /// Makes room among those of a frame's kind: the oldest goes if there are as many as may be.
  package mutating func makeRoom(for header: FrameHeader) -> Room {
    let kind = Kind(header)
    guard let ring = rings[kind], let newest = ring.newest else { return .room(nil) }
    if ring.contains(header.timestamp) {
      // A sender whose clock stands still means its last value by it.
      let isNewer = newest.timestamp == header.timestamp && !header.flags.contains(.retained)
      return isNewer ? .room(rings[kind]?.removeNewest().flatMap { remove($0) }) : .known
    }
    var spare: [UInt8]?
    while let count = rings[kind]?.count, count >= depth(of: header.type) {
      spare = rings[kind]?.removeOldest().flatMap { remove($0) }
    }
    return .room(spare)
  }

  /// Puts a frame behind all others.
  ///
  /// - Parameter spare: memory to use again if the frame fits it exactly.
  package mutating func append(
    _ frame: UnsafeRawBufferPointer, _ header: FrameHeader, arrival: UInt64, reusing spare: consuming [UInt8]?
  ) {
    var bytes = spare ?? []
    if bytes.count == frame.count {
      bytes.withUnsafeMutableBytes { $0.copyMemory(from: frame) }
    } else {
      bytes = [UInt8](frame)
    }
    bytes[FrameHeader.Offset.flags] = header.flags.union(.retained).rawValue
    let kind = Kind(header)
    entries.append(Entry(arrival: arrival, kind: kind, bytes: bytes))
    rings[kind, default: KeptRing()].append(KeptRing.Place(timestamp: header.timestamp, arrival: arrival))
    byteCount += Self.cost(of: frame.count)
  }

  /// Gives up the oldest frame.
  ///
  /// - Returns: its header; nil if there is none.
  package mutating func removeOldest() -> FrameHeader? {
    guard head < entries.count else { return nil }
    // What arrived first is the oldest of its kind, too.
    return removeOldest(of: entries[head].kind)
  }

  /// Gives up all frames of a frame's type and instance.
  ///
  /// - Returns: their headers.
  package mutating func removeKind(of header: FrameHeader) -> [FrameHeader] {
    var headers: [FrameHeader] = []
    while let header = removeOldest(of: Kind(header)) { headers.append(header) }
    return headers
  }

  private mutating func removeOldest(of kind: Kind) -> FrameHeader? {
    guard let place = rings[kind]?.removeOldest() else {
      rings[kind] = nil
      return nil
    }
    if rings[kind]?.count == 0 { rings[kind] = nil }
    return remove(place)?.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
  }

  private mutating func remove(_ place: KeptRing.Place) -> [UInt8]? {
    let index = index(after: place.arrival - 1)
    let bytes = entries[index].bytes
    entries[index].bytes = nil
    byteCount -= Self.cost(of: bytes?.count ?? 0)
    gapCount += 1
    while head < entries.count, entries[head].bytes == nil { head += 1 }
    if gapCount > 32, gapCount > entries.count / 2 {
      entries.removeAll { $0.bytes == nil }
      head = 0
      gapCount = 0
    }
    return bytes
  }

  /// The first entry that arrived later.
  private func index(after arrival: UInt64) -> Int {
    var (low, high) = (head, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].arrival <= arrival { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The first frame that is wanted and arrived behind one place, up to another.
  package func next(
    after arrival: UInt64, upTo end: UInt64, where isWanted: (Kind) -> Bool
  ) -> (arrival: UInt64, bytes: [UInt8])? {
    var looks = Int.max
    return next(after: arrival, upTo: end, &looks, where: isWanted).flatMap { next in
      next.bytes.map { (next.arrival, $0) }
    }
  }

  /// The same with a bound on how many frames are looked at.
  ///
  /// - Parameter looks: how many frames may be looked at; becomes how many are left.
  /// - Returns: its place; with nil for its bytes the place that the looks have reached. Nil at the end.
  package func next(
    after arrival: UInt64, upTo end: UInt64, _ looks: inout Int, where isWanted: (Kind) -> Bool
  ) -> (arrival: UInt64, bytes: [UInt8]?)? {
    for entry in entries[index(after: arrival)...] {
      if entry.arrival > end { return nil }
      if let bytes = entry.bytes, isWanted(entry.kind) { return (entry.arrival, bytes) }
      looks -= 1
      if looks <= 0 { return (entry.arrival, nil) }
    }
    return nil
  }
}
