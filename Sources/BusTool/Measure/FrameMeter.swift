/// Measures the frames of one kind from one sender over the last seconds, in memory of fixed size.
///
/// Intervals are those of the frames' own time stamps: what the sender did, not what the way here or this tool added.
struct FrameMeter {
  /// What was measured over the window.
  struct Measurement: Equatable {
    var frames: UInt64 = 0
    /// Frames that this tool lost, and that the sender has sent all the same.
    var lost: UInt64 = 0
    /// Frames per second, lost ones among them; nil with fewer than two frames.
    var rate: Double?
    /// With headers.
    var bytesPerSecond: Double?
    /// Between frames, in seconds; nil with fewer than two, and if some in between were lost.
    var intervals: IntervalStatistics?
    /// How long ago the last one came, in seconds.
    var age: Double
  }

  private struct Slot {
    var frames: UInt64 = 0
    var bytes: UInt64 = 0
    var lost: UInt64 = 0
    var intervals = IntervalStatistics()
  }

  /// One per second, the present one last.
  private var slots = [Slot()]
  private let slotsMax: Int
  private var lastTimestamp: UInt64?
  private var lastArrival: UInt64 = 0

  /// - Parameter windowSeconds: how far back measurements look.
  init(windowSeconds: Int) { slotsMax = windowSeconds }

  /// - Parameters:
  ///   - timestamp: of the frame, in nanoseconds.
  ///   - now: when it came, in monotonic nanoseconds.
  mutating func add(timestamp: UInt64, byteCount: Int, now: UInt64) {
    let slot = slots.count - 1
    slots[slot].frames += 1
    slots[slot].bytes += UInt64(byteCount)
    // A clock that was set back gives no interval.
    if let lastTimestamp, timestamp >= lastTimestamp {
      slots[slot].intervals.add(Double(timestamp - lastTimestamp) / 1e9)
    }
    lastTimestamp = timestamp
    lastArrival = now
  }

  /// Counts frames that never came here.
  mutating func lose(_ count: UInt64) { slots[slots.count - 1].lost &+= count }

  /// Begins another second, and forgets the one that leaves the window.
  mutating func beginSecond() {
    slots.append(Slot())
    if slots.count > slotsMax { slots.removeFirst() }
  }

  func measurement(at now: UInt64) -> Measurement {
    var all = Slot()
    for slot in slots {
      all.frames += slot.frames
      all.bytes += slot.bytes
      all.lost &+= slot.lost
      all.intervals.merge(slot.intervals)
    }
    let age = Double(now &- lastArrival) / 1e9
    var result = Measurement(frames: all.frames, lost: all.lost, age: age)
    guard all.intervals.count > 0, all.intervals.sum > 0 else { return result }
    if all.lost == 0 { result.intervals = all.intervals }
    let isSilent = age > max(1, 2 * all.intervals.max)
    let rate = isSilent ? 0 : Double(all.intervals.count + all.lost) / all.intervals.sum
    result.rate = rate
    result.bytesPerSecond = rate * Double(all.bytes) / Double(max(1, all.frames))
    return result
  }
}

/// Mean, spread and limits of intervals, of which none is kept.
struct IntervalStatistics: Equatable {
  private(set) var count: UInt64 = 0
  private(set) var mean = 0.0
  private(set) var min = Double.infinity
  private(set) var max = 0.0
  /// The sum of the squared distances from the mean; Welford's way, which stays exact where sums of squares do not.
  private var squares = 0.0

  /// - Parameter interval: in seconds.
  mutating func add(_ interval: Double) {
    count += 1
    let distance = interval - mean
    mean += distance / Double(count)
    squares += distance * (interval - mean)
    min = Swift.min(min, interval)
    max = Swift.max(max, interval)
  }

  /// Adds others, as if they had been added one by one.
  mutating func merge(_ other: IntervalStatistics) {
    guard other.count > 0 else { return }
    let (here, there) = (Double(count), Double(other.count))
    let distance = other.mean - mean
    mean += distance * there / (here + there)
    squares += other.squares + distance * distance * here * there / (here + there)
    count += other.count
    min = Swift.min(min, other.min)
    max = Swift.max(max, other.max)
  }

  var sum: Double { mean * Double(count) }

  var standardDeviation: Double { count > 0 ? (squares / Double(count)).squareRoot() : 0 }
}
