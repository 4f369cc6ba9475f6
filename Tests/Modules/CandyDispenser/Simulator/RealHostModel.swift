import CandyDispenserProtocol

/// The real host program, byte by byte: it sleeps, blocks in its reads, reads by threes without aligning itself, and
/// compares the first 12 bytes with the probe.
struct RealHostModel {
  private enum Phase {
    case fresh
    /// Sleeps 1 s behind the probe.
    case probed(until: UInt64)
    /// Waits up to 1 s for 12 bytes.
    case comparing(until: UInt64)
    case failed
    /// Sends `~ES` when its time has come.
    case establishing(at: UInt64)
    /// Waits up to 1 s for three bytes.
    case answer(until: UInt64)
    /// Sleeps 1 s behind `@es`, then starts its tasks.
    case starting(at: UInt64)
    case running
  }

  private static let second: UInt64 = 1_000_000_000

  private var phase = Phase.fresh
  /// What came and was not read.
  private var input: [UInt8] = []
  private var outgoing: [CandyMessage] = []
  /// Since when it waits for the rest of a message; its event loop stands still meanwhile.
  private var blockedUntil: UInt64?
  private var nextWatch: UInt64 = 0
  private(set) var watchdog = 0
  private(set) var isConnected = false
  private(set) var dispensedCount = 0
  private(set) var takenCount = 0
  /// Everything that is no message it knows.
  private(set) var garbage: [[UInt8]] = []

  var hasFailed: Bool { if case .failed = phase { true } else { false } }

  mutating func hear(_ bytes: [UInt8]) { input += bytes }

  mutating func dispense() { outgoing.append(.dispense) }
  mutating func disconnect() { outgoing.append(.disconnect) }

  /// One step of its loop; call it every 10 ms.
  ///
  /// - Returns: what it sends.
  mutating func step(at now: UInt64) -> [UInt8] {
    switch phase {
    case .fresh:
      phase = .probed(until: now + Self.second)
      return CandyPacket.probe.bytes
    case .probed(let until): if now >= until { phase = .comparing(until: now + Self.second) }
    case .comparing(let until): compare(until, at: now)
    case .failed: break
    case .establishing(let at): return now >= at ? establish(at: now) : []
    case .answer(let until): readAnswer(until, at: now)
    case .starting(let at):
      guard now >= at else { return [] }
      phase = .running
      outgoing = []
      nextWatch = now
    case .running: return isConnected ? run(at: now) : []
    }
    return []
  }

  private mutating func compare(_ until: UInt64, at now: UInt64) {
    let probe = CandyPacket.probe.bytes
    guard input.count >= probe.count || now >= until else { return }
    phase = Array(input.prefix(probe.count)) == probe ? .establishing(at: now) : .failed
    input = []
  }

  private mutating func establish(at now: UInt64) -> [UInt8] {
    phase = input.isEmpty ? .establishing(at: now + Self.second) : .answer(until: now + Self.second)
    return CandyMessage.establish.bytes
  }

  private mutating func readAnswer(_ until: UInt64, at now: UInt64) {
    guard let group = readGroup(until, at: now) else { return }
    isConnected = group == CandyMessage.established.bytes
    phase = isConnected ? .starting(at: now + Self.second) : .establishing(at: now + Self.second)
  }

  private mutating func readGroup(_ until: UInt64, at now: UInt64) -> [UInt8]? {
    guard input.count >= 3 || now >= until else { return nil }
    defer { input.removeFirst(min(3, input.count)) }
    return Array(input.prefix(3))
  }

  private mutating func run(at now: UInt64) -> [UInt8] {
    if blockedUntil == nil, !input.isEmpty { blockedUntil = now + Self.second }
    if let until = blockedUntil {
      guard let group = readGroup(until, at: now) else { return [] }
      blockedUntil = nil
      interpret(group)
    }
    if now >= nextWatch {
      nextWatch = now + 5 * Self.second
      watchdog += 1
      outgoing.append(.keepAlive)
      if watchdog == 16 { isConnected = false }
    }
    return outgoing.isEmpty ? [] : outgoing.removeFirst().bytes
  }

  private mutating func interpret(_ group: [UInt8]) {
    switch CandyMessage(rawValue: String(decoding: group, as: UTF8.self)) {
    case .dispensed: dispensedCount += 1
    case .taken:
      takenCount += 1
      outgoing.append(.takenNoted)
    case .alive: watchdog = 0
    case .disconnected: isConnected = false
    // Known to it, and ignored.
    case .established, .jam, .resetDone: break
    default: garbage.append(group)
    }
  }
}
