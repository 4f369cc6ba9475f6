import BusWire

/// The text of a worker's journal: a line for each job that it accepted and for each outcome. Pure.
///
///     accepted 4711 040000006700
///     ended 4711 9ae16a3b2f90404f 1763741234567890123 6700000001…
///
/// A line that was not written whole, as at the moment of a power cut, is no line.
struct JobJournal {
  /// A line.
  enum Entry: Equatable {
    case accepted(request: UInt32, command: [UInt8])
    case ended(request: UInt32, commandHash: UInt64, outcome: JobLedger.Word)
  }

  /// What a journal says when it is read again.
  struct Past: Equatable {
    /// Accepted and not ended, in order.
    var open: [(request: UInt32, command: [UInt8])] = []
    /// The latest outcomes, the oldest first.
    var ended: [(request: UInt32, commandHash: UInt64, outcome: JobLedger.Word)] = []
    /// Lines that mean nothing.
    var damagedLines = 0

    static func == (left: Past, right: Past) -> Bool {
      left.entries == right.entries && left.damagedLines == right.damagedLines
    }

    /// The shortest journal that says the same.
    var entries: [Entry] {
      ended.map { .ended(request: $0.request, commandHash: $0.commandHash, outcome: $0.outcome) }
        + open.map { .accepted(request: $0.request, command: $0.command) }
    }
  }

  /// Frame id of the outcome; a journal is of one command, so it is not written down.
  let outcomeType: UInt16

  /// One line with its line feed.
  func line(_ entry: Entry) -> [UInt8] {
    let text =
      switch entry {
      case .accepted(let request, let command): "accepted \(request) \(Self.hex(command))\n"
      case .ended(let request, let hash, let outcome):
        "ended \(request) \(String(hash, radix: 16)) \(outcome.timestamp) \(Self.hex(outcome.payload))\n"
      }
    return Array(text.utf8)
  }

  /// Reads a journal.
  ///
  /// - Parameter jobsMax: outcomes that are wanted at most, the latest ones.
  func read(_ bytes: [UInt8], jobsMax: Int) -> Past {
    var past = Past()
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // Behind the last line feed there is nothing, or a line that was not written whole.
    if lines.popLast()?.isEmpty == false { past.damagedLines += 1 }
    for line in lines {
      switch entry(String(decoding: line, as: UTF8.self)) {
      case .accepted(let request, let command):
        past.open.removeAll { $0.request == request }
        past.open.append((request, command))
      case .ended(let request, let hash, let outcome):
        past.open.removeAll { $0.request == request }
        past.ended.append((request, hash, outcome))
        if past.ended.count > jobsMax { past.ended.removeFirst() }
      case nil: past.damagedLines += 1
      }
    }
    return past
  }

  private func entry(_ line: String) -> Entry? {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count > 2, let request = UInt32(words[1]) else { return nil }
    switch (words[0], words.count) {
    case ("accepted", 3):
      return Self.bytes(words[2]).map { .accepted(request: request, command: $0) }
    case ("ended", 5):
      guard let hash = UInt64(words[2], radix: 16), let timestamp = UInt64(words[3]), let payload = Self.bytes(words[4])
      else { return nil }
      let outcome = JobLedger.Word(type: outcomeType, payload: payload, timestamp: timestamp)
      return .ended(request: request, commandHash: hash, outcome: outcome)
    default: return nil
    }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    var text = ""
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      if byte < 16 { text += "0" }
      text += String(byte, radix: 16)
    }
    return text
  }

  private static func bytes(_ hex: Substring) -> [UInt8]? {
    guard hex.utf8.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in hex {
      guard character.isASCII, let digit = character.hexDigitValue else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    return bytes
  }
}
