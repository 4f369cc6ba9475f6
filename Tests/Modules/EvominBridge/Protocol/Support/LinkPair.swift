import EvominBridgeProtocol

/// Two links on one line, on a clock of their own; some bytes are changed on their way.
struct LinkPair {
  struct End {
    var link: EvominLink
    var acknowledged = 0
    var givenUp = 0
    /// Frames received that were no duplicates.
    var fresh = 0
    /// On their way to this end.
    var incoming = [UInt8]()
  }

  private(set) var left: End
  private(set) var right: End
  private(set) var damagedBytes = 0
  private var now: UInt64 = 0
  private var random: EvominRandom
  private let errorsPerMillion: Int

  init(seed: UInt64, errorsPerMillion: Int) {
    left = End(link: .opened(EvominSettings(peer: .framebus), seed: seed))
    right = End(link: .opened(EvominSettings(peer: .framebus), seed: seed + 1))
    random = EvominRandom(seed: seed + 2)
    self.errorsPerMillion = errorsPerMillion
  }

  mutating func send(_ frame: EvominFrame, fromLeft: Bool) throws {
    if fromLeft { _ = try left.link.send(frame, at: now) } else { _ = try right.link.send(frame, at: now) }
  }

  mutating func run(milliseconds: UInt64) {
    let end = now + ms(milliseconds)
    while now < end {
      right.incoming += carry(Self.step(&left, now))
      left.incoming += carry(Self.step(&right, now))
      now += ms(5)
    }
  }

  private static func step(_ end: inout End, _ now: UInt64) -> [UInt8] {
    end.link.receive(end.incoming, at: now)
    end.incoming.removeAll()
    var written = [UInt8]()
    while let action = end.link.nextAction() {
      switch action {
      case .write(let wire): written += wire
      case .received(_, let isDuplicate): end.fresh += isDuplicate ? 0 : 1
      case .acknowledged: end.acknowledged += 1
      case .gaveUp: end.givenUp += 1
      case .sent, .replied: continue
      }
    }
    return written
  }

  private mutating func carry(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { byte in
      guard Int.random(in: 0..<1_000_000, using: &random) < errorsPerMillion else { return byte }
      damagedBytes += 1
      return byte ^ UInt8.random(in: 1...255, using: &random)
    }
  }
}
