import BusWire

/// The frames that a receiver lost and that were not reported to it yet, counted by what they were.
struct LossLedger {
  struct Entry: Equatable {
    var type: UInt16
    var instance: UInt8
    var source: UInt32
    var reason: LossReason
    var count: UInt64
  }

  /// More kinds than this are counted together, under type 0.
  static let entriesMax = 256

  private(set) var entries: [Entry] = []
  /// Where the frame before was counted: losses come in rows of one kind.
  private var last = 0

  var total: UInt64 { entries.reduce(0) { $0 + $1.count } }
  /// Without what was not kept, which reached those who listened when it was sent.
  var lostCount: UInt64 { entries.reduce(0) { $0 + ($1.reason == .notKept ? 0 : $1.count) } }

  mutating func add(_ header: FrameHeader, _ reason: LossReason) {
    if last < entries.count, entries[last].matches(header, reason) {
      entries[last].count += 1
      return
    }
    if let index = entries.firstIndex(where: { $0.matches(header, reason) }) {
      last = index
    } else if entries.count < Self.entriesMax - LossReason.allKnown.count {
      last = append(
        Entry(type: header.type, instance: header.instance, source: header.source, reason: reason, count: 0))
    } else {
      last =
        entries.firstIndex { $0.type == 0 && $0.reason == reason }
        ?? append(Entry(type: 0, instance: 0, source: 0, reason: reason, count: 0))
    }
    entries[last].count += 1
  }

  private mutating func append(_ entry: Entry) -> Int {
    entries.append(entry)
    return entries.count - 1
  }
}

extension LossLedger.Entry {
  fileprivate func matches(_ header: FrameHeader, _ reason: LossReason) -> Bool {
    type == header.type && instance == header.instance && source == header.source && self.reason == reason
  }
}
