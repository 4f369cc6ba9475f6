import BusWire

/// What a receiver should get on one connection: each frame once and in order, or counted as lost.
struct DueFrames {
  /// Frames are in order within one of these only.
  private struct Stream: Hashable {
    var source: UInt32
    var priority: Priority
    /// The bus's own: its type.
    var busType: UInt16
  }

  private struct Row {
    var messages: [Message] = []
    var head = 0
  }

  private var rows: [Stream: Row] = [:]
  /// Frames that were passed over: a later one of their stream came.
  private(set) var missing: [LossKey: UInt64] = [:]
  /// Frames that the manager said are lost.
  private(set) var reported: [LossKey: UInt64] = [:]
  private(set) var arrivedCount = 0

  private func stream(_ header: FrameHeader) -> Stream {
    Stream(
      source: header.source, priority: header.flags.priority,
      busType: header.type < FrameType.firstBusID ? 0 : header.type)
  }

  /// The manager owes a frame.
  mutating func expect(_ message: Message) {
    rows[stream(message.header), default: Row()].messages.append(message)
  }

  /// The manager says that frames are lost.
  mutating func note(_ lost: Lost) {
    reported[LossKey(lost), default: 0] += lost.count
  }

  /// A frame comes.
  ///
  /// - Returns: what is wrong with it.
  mutating func arrives(_ message: Message) -> String? {
    let stream = stream(message.header)
    guard var row = rows[stream], let index = row.messages[row.head...].firstIndex(of: message) else {
      let isLate = rows[stream]?.messages.contains(message) == true
      return "\(message) \(isLate ? "came twice or too late" : "was never sent, or not to this module")"
    }
    for skipped in row.messages[row.head..<index] { missing[LossKey(skipped.header), default: 0] += 1 }
    row.head = index + 1
    rows[stream] = row
    arrivedCount += 1
    return nil
  }

  /// Frames that have neither come nor been passed over.
  var outstandingCount: Int { rows.values.reduce(0) { $0 + $1.messages.count - $1.head } }
  var reportedCount: UInt64 { reported.values.reduce(0, +) }

  /// What is wrong if nothing more will come.
  var problemAtRest: String? {
    var absent = missing
    for row in rows.values {
      for message in row.messages[row.head...] { absent[LossKey(message.header), default: 0] += 1 }
    }
    if reported.keys.contains(where: { $0.type == 0 }) {
      let absentCount = absent.values.reduce(0, +)
      return absentCount == reportedCount ? nil : "\(absentCount) frames are missing, \(reportedCount) are reported"
    }
    let wrong = Set(absent.keys).union(reported.keys).filter { absent[$0] != reported[$0] }
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
