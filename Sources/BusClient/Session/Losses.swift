import BusWire

/// What the manager dropped instead of sending it here, and when the log says so next.
struct Losses {
  /// What a line of the log says.
  struct Report: Equatable {
    /// Frames since the line before.
    var count: UInt64
    /// Frames since the start.
    var total: UInt64
    /// What the manager reported last.
    var last: Lost
  }

  /// Losses are logged once in this time at most, in nanoseconds.
  static let logNanoseconds: UInt64 = 1_000_000_000

  private enum Phase {
    case nothingToSay
    case unlogged(count: UInt64, last: Lost)
  }

  private var phase = Phase.nothingToSay
  private var nextLog: UInt64 = 0
  /// Frames since the start.
  private(set) var total: UInt64 = 0

  mutating func add(_ lost: Lost) {
    var count = lost.count
    // A misbehaving manager must not crash its modules.
    total &+= count
    if case .unlogged(let before, _) = phase { count &+= before }
    phase = .unlogged(count: count, last: lost)
  }

  /// What the log has to say now; nil if nothing was lost since, or the last line was just before.
  mutating func report(at now: UInt64) -> Report? {
    guard case .unlogged(let count, let last) = phase, now >= nextLog else { return nil }
    phase = .nothingToSay
    nextLog = now + Self.logNanoseconds
    return Report(count: count, total: total, last: last)
  }
}

/// The senders whose field list of a type does not fit this module's, as the manager has reported.
struct Mismatches {
  private struct Key: Hashable {
    var type: UInt16
    var source: UInt32
  }

  private var differences: [Key: String] = [:]

  mutating func add(_ mismatch: Mismatch) {
    differences[Key(type: mismatch.type, source: mismatch.module)] = mismatch.difference
  }

  var isEmpty: Bool { differences.isEmpty }

  /// In what the schemas of a frame's sender and of this module differ; nil if they do not.
  func difference(of header: FrameHeader) -> String? {
    differences[Key(type: header.type, source: header.source)]
  }

  /// Module ids mean something else on the next connection.
  mutating func removeAll() { differences = [:] }
}

/// The barriers of a client: PINGs that it has sent, and those that were answered.
struct Barriers {
  private var sent: UInt64 = 0
  private var answered: UInt64 = 0

  /// The token of the next one.
  mutating func next() -> UInt64 {
    sent += 1
    return sent
  }

  mutating func answer(_ token: UInt64) { answered = max(answered, token) }

  func isAnswered(_ token: UInt64) -> Bool { answered >= token }
}
