import Testing

@testable import BusWire

@Suite("What one module asks to be kept")
final class KeptFramesTests {
  private var kept = KeptFrames()
  private var arrivals: UInt64 = 0

  private static func header(
    _ type: UInt16 = 5, instance: UInt8 = 0, at timestamp: UInt64, flags: FrameFlags = .retain, size: Int = 1
  ) -> FrameHeader {
    FrameHeader(size: UInt32(size), type: type, flags: flags, instance: instance, timestamp: timestamp)
  }

  private static func bytes(_ header: FrameHeader, _ value: UInt8) -> [UInt8] {
    var bytes = [UInt8](repeating: value, count: header.frameByteCount)
    bytes.withUnsafeMutableBytes { header.store(at: $0.baseAddress!) }
    return bytes
  }

  /// Keeps a frame whose payload is this value.
  ///
  /// - Returns: whether there was memory to use again; nil if the frame was there already.
  @discardableResult
  private func keep(_ value: UInt8, _ header: FrameHeader) -> Bool? {
    guard case .room(let spare) = kept.makeRoom(for: header) else { return nil }
    arrivals += 1
    Self.bytes(header, value).withUnsafeBytes { kept.append($0, header, arrival: arrivals, reusing: spare) }
    return spare != nil
  }

  private func removeOldest() -> FrameHeader? { kept.removeOldest() }

  /// All that is kept, by arrival: the last byte of each.
  private func values(after start: UInt64 = 0, upTo end: UInt64 = .max, of instance: UInt8? = nil) -> [UInt8] {
    var (values, place) = ([UInt8](), start)
    while let next = kept.next(after: place, upTo: end, where: { instance == nil || $0.instance == instance }) {
      values.append(next.bytes.last ?? 0)
      place = next.arrival
    }
    return values
  }

  @Test("is the last frame of a type and instance, marked as retained")
  func last() throws {
    #expect(keep(1, Self.header(at: 1)) == false)
    #expect(keep(2, Self.header(instance: 1, at: 2)) == false)
    #expect(keep(3, Self.header(6, at: 3)) == false)
    #expect(keep(4, Self.header(at: 4)) == true)
    #expect(values() == [2, 3, 4] && values(of: 1) == [2])
    let next = try #require(kept.next(after: 3, upTo: .max) { _ in true })
    #expect(next.arrival == 4 && next.bytes.count == 25)
    let header = next.bytes.withUnsafeBytes { FrameHeader(at: $0.baseAddress!) }
    #expect(header == Self.header(at: 4, flags: [.retain, .retained]))
  }

  @Test("is as many frames as the type says, the oldest goes first")
  func depth() {
    #expect(kept.depth(of: 5) == 1)
    kept.setDepth(3, of: 5)
    #expect(kept.depth(of: 5) == 3 && kept.depth(of: 6) == 1)
    for value in 1...5 as ClosedRange<UInt8> { keep(value, Self.header(at: UInt64(value))) }
    #expect(values() == [3, 4, 5])
    kept.setDepth(2, of: 5)
    keep(6, Self.header(at: 6))
    #expect(values() == [5, 6])
    kept.setDepth(1, of: 5)
    keep(7, Self.header(at: 7))
    #expect(values() == [7] && kept.depth(of: 5) == 1)
  }

  @Test("is found between two arrivals")
  func between() {
    kept.setDepth(9, of: 5)
    for value in 1...9 as ClosedRange<UInt8> { keep(value, Self.header(at: UInt64(value))) }
    for start in 0...9 as ClosedRange<UInt64> {
      for end in start...9 {
        #expect(values(after: start, upTo: end) == (0..<9).filter { start..<end ~= $0 }.map { UInt8($0 + 1) })
      }
    }
  }

  @Test("is no frame twice: one with a time stamp that is there is known")
  func known() {
    kept.setDepth(3, of: 5)
    keep(1, Self.header(at: 10))
    keep(2, Self.header(at: 20))
    #expect(keep(3, Self.header(at: 10)) == nil)
    #expect(keep(3, Self.header(at: 20, flags: [.retain, .retained])) == nil)
    #expect(values() == [1, 2])
    #expect(keep(3, Self.header(at: 5)) == false, "an older one that is not there is new")
    #expect(values() == [1, 2, 3])
  }

  @Test("is the latest of those that a sender whose clock stands still stamps alike")
  func standingClock() {
    kept.setDepth(3, of: 5)
    keep(1, Self.header(at: 10))
    keep(2, Self.header(at: 20))
    #expect(keep(3, Self.header(at: 20)) == true)
    #expect(values() == [1, 3])
  }

  @Test("uses the memory of a frame that went, if the next is as long")
  func memory() {
    keep(1, Self.header(at: 1))
    #expect(keep(2, Self.header(at: 2)) == true && values() == [2])
    #expect(keep(3, Self.header(at: 3, size: 4)) == true && values() == [3])
    #expect(kept.next(after: 0, upTo: .max) { _ in true }?.bytes.count == 28)
    #expect(keep(4, Self.header(at: 4, size: 0)) == true)
    #expect(kept.next(after: 0, upTo: .max) { _ in true }?.bytes.count == 24)
  }

  @Test("costs its bytes and 256 more for each frame")
  func cost() {
    #expect(KeptFrames.cost(of: 25) == 281 && kept.byteCount == 0)
    keep(1, Self.header(at: 1))
    keep(2, Self.header(6, at: 2, size: 6))
    #expect(kept.byteCount == 281 + 286)
    keep(3, Self.header(at: 3))
    #expect(kept.byteCount == 281 + 286)
    _ = removeOldest()
    #expect(kept.byteCount == 281)
  }

  @Test("goes by arrival, whatever its type, until nothing is left")
  func oldest() {
    kept.setDepth(2, of: 5)
    let headers = [
      Self.header(at: 1), Self.header(6, at: 2), Self.header(at: 3), Self.header(instance: 1, at: 4),
    ]
    for header in headers { keep(9, header) }
    var removed: [UInt64] = []
    while let header = removeOldest() { removed.append(header.timestamp) }
    #expect(removed == [1, 2, 3, 4] && kept.byteCount == 0 && values() == [])
    keep(1, Self.header(at: 5))
    #expect(values() == [1], "and begins anew")
  }

  @Test("goes by type and instance, too")
  func kinds() {
    kept.setDepth(3, of: 5)
    for value in 1...3 as ClosedRange<UInt8> {
      keep(value, Self.header(at: UInt64(value)))
      keep(value + 10, Self.header(instance: 1, at: UInt64(value)))
    }
    let gone = kept.removeKind(of: Self.header(at: 99))
    #expect(gone.map(\.timestamp) == [1, 2, 3] && values() == [11, 12, 13])
    let more = kept.removeKind(of: Self.header(at: 99))
    #expect(more.isEmpty)
    #expect(removeOldest()?.timestamp == 1)
    #expect(removeOldest()?.timestamp == 2)
    #expect(values() == [13])
  }

  @Test("keeps its order however many come and go", arguments: [1, 2, 40] as [Int])
  func churn(depth: Int) {
    kept.setDepth(depth, of: 5)
    keep(200, Self.header(6, at: 1))
    for value in 0..<150 as Range<UInt8> {
      keep(value, Self.header(at: UInt64(value) + 1))
      if value == 100 { keep(201, Self.header(7, at: 1)) }
    }
    #expect(values() == [200] + Self.expected(depth: depth))
    #expect(kept.byteCount == (depth + 2) * 281)
    #expect(removeOldest() == FrameHeader(size: 1, type: 6, flags: [.retain, .retained], timestamp: 1))
  }

  @Test("loses nothing when the oldest goes each time", arguments: [1, 2, 40] as [Int])
  func front(depth: Int) {
    kept.setDepth(depth, of: 5)
    for value in 0..<200 as Range<UInt8> {
      keep(value, Self.header(at: UInt64(value) + 1))
      #expect(values() == Array((0...value).suffix(depth)))
    }
    for left in (0..<depth).reversed() {
      #expect(removeOldest()?.timestamp == UInt64(200 - left))
      #expect(values().count == left)
    }
  }

  @Test("has no newest frame once all of its kind have gone")
  func empty() {
    var ring = KeptRing()
    #expect(ring.newest == nil && ring.count == 0)
    ring.append(KeptRing.Place(timestamp: 3, arrival: 1))
    #expect(ring.newest?.timestamp == 3 && ring.contains(3) && !ring.contains(2))
    let oldest = ring.removeOldest()
    #expect(oldest?.arrival == 1 && ring.newest == nil && ring.count == 0 && !ring.contains(3))
    let (none, newest) = (ring.removeOldest(), ring.removeNewest())
    #expect(none == nil && newest == nil)
  }

  private static func expected(depth: Int) -> [UInt8] {
    let last = (0..<150 as Range<UInt8>).suffix(depth)
    return last.filter { $0 <= 100 } + [201] + last.filter { $0 > 100 }
  }
}
