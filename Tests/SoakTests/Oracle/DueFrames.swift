import BusWire

/// What a receiver should get on one connection: each frame once and in order, or counted as lost.
struct DueFrames {
  /// Frames are in order within one of these only.
  private struct Stream: Hashable {
    var source: UInt32
    var priority: Priority
    /// The bus's own: its type.
    var busType: UInt16
    /// Kept frames come before all others, in the order in which they arrived.
    var isKept = false
  }

  private struct Row {
    var messages: [Message] = []
    var head = 0
    /// Those that were kept then and are no more: they may come or not.
    var released: Set<Int> = []
  }

  /// A frame that its sender sent again: what is sent of it live looks like what is kept of it.
  private struct Repetition {
    var due: UInt64 = 0
    var kept: UInt64 = 0
    var released: UInt64 = 0
    var arrived: UInt64 = 0
  }

  private struct Identity: Hashable {
    let source, sequence: UInt32

    init(_ header: FrameHeader) {
      source = header.source
      sequence = header.sequence
    }
  }

  private var rows: [Stream: Row] = [:]
  private var repetitions: [Identity: (key: LossKey, counts: Repetition)] = [:]
  /// Frames that were passed over: a later one of their stream came.
  private(set) var missing: [LossKey: UInt64] = [:]
  /// Kept frames that were passed over after they had been replaced.
  private var released: [LossKey: UInt64] = [:]
  /// Frames of this module that are not kept, and what the manager said of that.
  private var notKept: [LossKey: UInt64] = [:]
  /// Frames of this module that gave way to newer ones, unless they had gone already for lack of room.
  private var replaced: [LossKey: UInt64] = [:]
  private var reportedNotKept: [LossKey: UInt64] = [:]
  /// Frames that the manager said are lost.
  private(set) var reported: [LossKey: UInt64] = [:]
  private(set) var arrivedCount = 0

  private func stream(_ header: FrameHeader) -> Stream {
    Stream(
      source: header.source, priority: header.flags.priority,
      busType: header.type < FrameType.firstBusID ? 0 : header.type)
  }

  private func keptStream(_ header: FrameHeader) -> Stream {
    Stream(source: header.source, priority: .normal, busType: 0, isKept: true)
  }

  /// The manager owes a frame.
  ///
  /// - Parameters:
  ///   - isKept: because it is kept, not because it was just sent.
  ///   - isRepetition: its sender had sent it before.
  mutating func expect(_ message: Message, isKept: Bool = false, isRepetition: Bool = false) {
    if isRepetition {
      let header = message.header
      repetitions[Identity(header), default: (LossKey(header), Repetition())].counts.due += 1
      if isKept { repetitions[Identity(header)]!.counts.kept += 1 }
      return
    }
    rows[isKept ? keptStream(message.header) : stream(message.header), default: Row()].messages.append(message)
  }

  /// A kept frame is kept no more: if it has not come yet, it need not.
  mutating func release(_ message: Message) {
    if let repetition = repetitions[Identity(message.header)] {
      repetitions[Identity(message.header)]!.counts.released = repetition.counts.kept
    }
    let stream = keptStream(message.header)
    guard let row = rows[stream] else { return }
    for index in row.head..<row.messages.count where row.messages[index] == message {
      rows[stream]!.released.insert(index)
    }
  }

  /// A frame of this module is not kept for lack of room, which it must be told.
  mutating func expectNotKept(_ message: Message) {
    notKept[LossKey(message.header), default: 0] += 1
  }

  /// A kept frame of this module gives way to a newer one.
  mutating func expectReplaced(_ message: Message) {
    replaced[LossKey(message.header), default: 0] += 1
  }

  /// The manager says that frames are lost.
  mutating func note(_ lost: Lost) {
    if lost.reason == .notKept {
      reportedNotKept[LossKey(lost), default: 0] += lost.count
    } else {
      reported[LossKey(lost), default: 0] += lost.count
    }
  }

  /// A frame comes.
  ///
  /// - Returns: what is wrong with it.
  mutating func arrives(_ message: Message) -> String? {
    if message.header.type < FrameType.firstBusID, var counts = repetitions[Identity(message.header)]?.counts {
      counts.arrived += 1
      repetitions[Identity(message.header)]!.counts = counts
      return counts.arrived > counts.due ? "\(message) came once more than it was due" : nil
    }
    let kept = keptStream(message.header)
    let isKept = rows[kept].map { $0.messages[$0.head...].contains(message) } ?? false
    let stream = isKept ? kept : stream(message.header)
    guard var row = rows[stream], let index = row.messages[row.head...].firstIndex(of: message) else {
      let isLate = rows[stream]?.messages.contains(message) == true
      return "\(message) \(isLate ? "came twice or too late" : "was never sent, or not to this module")"
    }
    for skipped in row.head..<index {
      let key = LossKey(row.messages[skipped].header)
      if row.released.contains(skipped) { released[key, default: 0] += 1 } else { missing[key, default: 0] += 1 }
    }
    row.head = index + 1
    rows[stream] = row
    arrivedCount += 1
    return nil
  }

  /// Frames that have neither come nor been passed over.
  var reportedCount: UInt64 { reported.values.reduce(0, +) }

  /// What is wrong if nothing more will come.
  var problemAtRest: String? {
    var (absent, optional) = (missing, released)
    for row in rows.values {
      for index in row.head..<row.messages.count {
        let key = LossKey(row.messages[index].header)
        if row.released.contains(index) { optional[key, default: 0] += 1 } else { absent[key, default: 0] += 1 }
      }
    }
    for (key, counts) in repetitions.values {
      let left = counts.due - counts.arrived
      optional[key, default: 0] += min(left, counts.released)
      absent[key, default: 0] += left - min(left, counts.released)
    }
    return Self.problem(absent, optional, reported)
      ?? Self.problem(notKept, replaced, reportedNotKept).map { "not kept: \($0)" }
  }

  private static func problem(
    _ absent: [LossKey: UInt64], _ optional: [LossKey: UInt64], _ reported: [LossKey: UInt64]
  ) -> String? {
    func isRight(_ absent: UInt64, _ optional: UInt64, _ reported: UInt64) -> Bool {
      (absent...absent + optional).contains(reported)
    }
    if reported.keys.contains(where: { $0.type == 0 }) {
      let sums = [absent, optional, reported].map { $0.values.reduce(0, +) }
      return isRight(sums[0], sums[1], sums[2]) ? nil : "\(sums[0]) frames are missing, \(sums[2]) are reported"
    }
    let wrong = Set(absent.keys).union(reported.keys).filter {
      !isRight(absent[$0] ?? 0, optional[$0] ?? 0, reported[$0] ?? 0)
    }
    let texts = wrong.map { "\($0): \(absent[$0] ?? 0) missing, \(reported[$0] ?? 0) reported" }
    return wrong.isEmpty ? nil : texts.sorted().joined(separator: "; ")
  }

  /// What is wrong with a connection that ended somewhere, of which the manager counted so many frames as lost.
  func problemAfterBreak(lostAtEnd: UInt64) -> String? {
    let passedOver = missing.values.reduce(0, +)
    if passedOver > lostAtEnd { return "\(passedOver) frames were passed over, only \(lostAtEnd) were lost" }
    if reportedCount > lostAtEnd { return "\(reportedCount) losses were reported, only \(lostAtEnd) happened" }
    return nil
  }
}
