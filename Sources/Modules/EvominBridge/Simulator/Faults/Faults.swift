import EvominBridgeProtocol

/// The faults that are on, and the dice for them.
struct Faults: Sendable {
  private static let million = 1_000_000

  private var random: EvominRandom
  private var byteErrors = 0
  private var bitErrors = 0
  private var lostBytes = 0
  private var strayBytes = 0
  private var lostAcknowledgements = 0
  private var silentUntil: UInt64 = 0
  private(set) var repeatsAcknowledged = false

  init(seed: UInt64) {
    random = EvominRandom(seed: seed)
  }

  mutating func apply(_ fault: EvominFault, at now: UInt64) {
    switch fault {
    case .byteErrors(let rate): byteErrors = rate
    case .bitErrors(let rate): bitErrors = rate
    case .lostBytes(let rate): lostBytes = rate
    case .strayBytes(let rate): strayBytes = rate
    case .lostAcknowledgements(let rate): lostAcknowledgements = rate
    case .silence(let nanoseconds): silentUntil = now &+ nanoseconds
    case .duplicates(let isOn): repeatsAcknowledged = isOn
    case .none:
      let random = random
      self = Faults(seed: 0)
      self.random = random
    }
  }

  func isSilent(at now: UInt64) -> Bool { now < silentUntil }

  mutating func losesAcknowledgement() -> Bool { happens(lostAcknowledgements) }

  /// What becomes of a byte on its way: perhaps a stray one before it, perhaps nothing of itself.
  mutating func carry(_ byte: UInt8) -> (stray: UInt8?, byte: UInt8?) {
    let stray = happens(strayBytes) ? UInt8.random(in: 0...255, using: &random) : nil
    return (stray, happens(lostBytes) ? nil : damaged(byte))
  }

  private mutating func damaged(_ byte: UInt8) -> UInt8 {
    var byte = byte
    if happens(byteErrors) { byte ^= UInt8.random(in: 1...255, using: &random) }
    if bitErrors > 0 { for bit in 0..<8 where happens(bitErrors) { byte ^= 1 << bit } }
    return byte
  }

  private mutating func happens(_ perMillion: Int) -> Bool {
    perMillion > 0 && Int.random(in: 0..<Self.million, using: &random) < perMillion
  }
}
