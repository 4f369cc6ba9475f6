import TestSupport

/// One direction of a connection: what is written arrives later, in pieces, or not at all.
final class Pipe {
  private let base: UnsafeMutableRawPointer
  private let capacity: Int
  private var head = 0
  private var tail = 0
  /// How much of what is under way can be read.
  private var arrived = 0
  /// Nothing follows what is under way.
  private(set) var isClosed = false
  /// Nothing arrives before it.
  var stalledUntil: UInt64 = 0

  /// - Parameter capacity: bytes that can be under way; more are not taken.
  init(capacity: Int) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  var byteCount: Int { tail - head }
  var isEmpty: Bool { head == tail }
  var roomBytes: Int { isClosed ? 0 : capacity - (tail - head) }
  /// Whether a read says something: bytes, or the end.
  var isReadable: Bool { arrived > 0 || isAtEnd }
  var isAtEnd: Bool { isClosed && isEmpty }

  /// Takes as many bytes as there is room for.
  func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    let count = min(bytes.count, roomBytes)
    guard count > 0, let source = bytes.baseAddress else { return 0 }
    if capacity - tail < count {
      base.copyMemory(from: base + head, byteCount: tail - head)
      tail -= head
      head = 0
    }
    (base + tail).copyMemory(from: source, byteCount: count)
    tail += count
    return count
  }

  /// Hands over what has arrived.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, arrived)
    guard count > 0 else { return 0 }
    buffer.baseAddress!.copyMemory(from: base + head, byteCount: count)
    head += count
    arrived -= count
    return count
  }

  /// Lets what is under way come nearer: all of it, a piece, a single byte, or nothing.
  func move(at time: UInt64, using random: inout SeededRandom) {
    let missing = tail - head - arrived
    guard missing > 0, time >= stalledUntil else { return }
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return
    case 1: arrived += 1
    case 2, 3: arrived += Int.random(in: 1...missing, using: &random)
    default: arrived += missing
    }
  }

  /// Ends the stream behind what is under way.
  func close() {
    isClosed = true
    stalledUntil = 0
  }

  /// Breaks the stream at some byte of what is under way.
  func cut(using random: inout SeededRandom) {
    if !isEmpty { tail = head + Int.random(in: 0...(tail - head), using: &random) }
    arrived = min(arrived, tail - head)
    close()
  }
}
