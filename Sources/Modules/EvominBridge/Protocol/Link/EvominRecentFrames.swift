/// The last frames that came, by which a repetition is known: there are no sequence numbers.
struct EvominRecentFrames: Sendable {
  /// More than either library sends within the time in which it repeats one.
  static let framesMax = 16

  private struct Entry {
    var frame: EvominFrame
    var receivedAt: UInt64
    /// Counts the frames that came.
    var number: UInt64
  }

  private let nanoseconds: UInt64
  private var entries = [Entry]()
  private var count: UInt64 = 0

  init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
    entries.reserveCapacity(Self.framesMax)
  }

  /// Records a frame.
  ///
  /// - Returns: whether an identical one came a short time ago.
  mutating func record(_ frame: EvominFrame, at now: UInt64) -> Bool {
    count += 1
    let entry = Entry(frame: frame, receivedAt: now, number: count)
    if let index = entries.firstIndex(where: { $0.frame == frame }) {
      defer { entries[index] = entry }
      return now &- entries[index].receivedAt <= nanoseconds
    }
    if entries.count < Self.framesMax { entries.append(entry) } else { replaceOldest(entry) }
    return false
  }

  private mutating func replaceOldest(_ entry: Entry) {
    var oldest = 0
    for index in entries.indices where entries[index].number < entries[oldest].number { oldest = index }
    entries[oldest] = entry
  }
}
