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

  private struct Kind: Hashable {
    let type: UInt16
    let instance: UInt8
    let source: UInt32
    let reason: LossReason
  }

  private(set) var entries: [Entry] = []
  /// Where each kind is counted.
  private var places: [Kind: Int] = [:]
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
    let kind = Kind(type: header.type, instance: header.instance, source: header.source, reason: reason)
    if places[kind] != nil || entries.count < Self.entriesMax - LossReason.allKnown.count {
      last = place(of: kind)
    } else {
      last = place(of: Kind(type: 0, instance: 0, source: 0, reason: reason))
    }
    entries[last].count += 1
  }

  private mutating func place(of kind: Kind) -> Int {
    if let place = places[kind] { return place }
    places[kind] = entries.count
    entries.append(
      Entry(type: kind.type, instance: kind.instance, source: kind.source, reason: kind.reason, count: 0))
    return entries.count - 1
  }
}

extension LossLedger.Entry {
  fileprivate func matches(_ header: FrameHeader, _ reason: LossReason) -> Bool {
    type == header.type && instance == header.instance && source == header.source && self.reason == reason
  }
}
