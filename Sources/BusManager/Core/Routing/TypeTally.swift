import BusWire

/// How much of each type was routed, in one table over all ids: counting costs two additions per run.
///
/// Pages of the table that are never counted in take no memory.
struct TypeTally: ~Copyable {
  private struct Counter: BitwiseCopyable {
    var frames: UInt64 = 0
    var bytes: UInt64 = 0
  }

  private static let count = Int(FrameType.firstBusID)
  private let counters: UnsafeMutableBufferPointer<Counter>

  init() {
    counters = .allocate(capacity: Self.count)
    counters.initialize(repeating: Counter())
  }

  deinit { counters.deallocate() }

  @inline(__always)
  func add(_ type: UInt16, frames: Int, bytes: Int) {
    counters[Int(type)].frames &+= UInt64(frames)
    counters[Int(type)].bytes &+= UInt64(bytes)
  }

  /// All types of which something was routed.
  var all: [TypeCounters] {
    counters.indices.compactMap { index in
      let counter = counters[index]
      guard counter.frames > 0 else { return nil }
      return TypeCounters(type: UInt16(index), frames: counter.frames, bytes: counter.bytes)
    }
  }
}
