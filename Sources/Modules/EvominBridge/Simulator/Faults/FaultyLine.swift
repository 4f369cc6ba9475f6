import EvominBridgeProtocol

/// A device's line to the other end: the faults that are on, the dice for them, and the bytes that wait to be taken.
struct FaultyLine: Sendable {
  private struct Rates {
    var byteErrors = 0
    var bitErrors = 0
    var lostBytes = 0
    var strayBytes = 0
    var lostAcknowledgements = 0
    var silentUntil: UInt64 = 0
    var repeatsAcknowledged = false
  }

  private static let million = 1_000_000

  private var random: EvominRandom
  private var rates = Rates()
  private var output = [UInt8]()

  init(seed: UInt64) {
    random = EvominRandom(seed: seed)
  }

  /// Makes something go wrong from now on.
  mutating func apply(_ fault: EvominFault, at now: UInt64) {
    switch fault {
    case .byteErrors(let rate): rates.byteErrors = rate
    case .bitErrors(let rate): rates.bitErrors = rate
    case .lostBytes(let rate): rates.lostBytes = rate
    case .strayBytes(let rate): rates.strayBytes = rate
    case .lostAcknowledgements(let rate): rates.lostAcknowledgements = rate
    case .silence(let nanoseconds): rates.silentUntil = now &+ nanoseconds
    case .duplicates(let isOn): rates.repeatsAcknowledged = isOn
    case .none: rates = Rates()
    }
  }

  /// Whether each acknowledged frame is to be sent once more.
  var repeatsAcknowledged: Bool { rates.repeatsAcknowledged }

  /// What becomes of a byte on its way to the device: perhaps a stray one before it, perhaps nothing of itself.
  mutating func bring(_ byte: UInt8, at now: UInt64) -> (stray: UInt8?, byte: UInt8?) {
    isSilent(at: now) ? (nil, nil) : carry(byte)
  }

  /// Sends bytes of the device, as far as they get through.
  mutating func write(_ wire: EvominWire, at now: UInt64) {
    guard !isSilent(at: now) else { return }
    if wire == .acknowledgement && happens(rates.lostAcknowledgements) { return }
    for byte in wire {
      let sent = carry(byte)
      if let stray = sent.stray { output.append(stray) }
      if let byte = sent.byte { output.append(byte) }
    }
  }

  /// Bytes for the other end; nil when there are no more.
  mutating func nextOutput() -> EvominWire? {
    guard !output.isEmpty, let wire = try? EvominWire(output.prefix(EvominWire.bytesMax)) else { return nil }
    output.removeFirst(wire.count)
    return wire
  }

  private func isSilent(at now: UInt64) -> Bool { now < rates.silentUntil }

  private mutating func carry(_ byte: UInt8) -> (stray: UInt8?, byte: UInt8?) {
    let stray = happens(rates.strayBytes) ? UInt8.random(in: 0...255, using: &random) : nil
    return (stray, happens(rates.lostBytes) ? nil : damaged(byte))
  }

  private mutating func damaged(_ byte: UInt8) -> UInt8 {
    var byte = byte
    if happens(rates.byteErrors) { byte ^= UInt8.random(in: 1...255, using: &random) }
    if rates.bitErrors > 0 { for bit in 0..<8 where happens(rates.bitErrors) { byte ^= 1 << bit } }
    return byte
  }

  private mutating func happens(_ perMillion: Int) -> Bool {
    perMillion > 0 && Int.random(in: 0..<Self.million, using: &random) < perMillion
  }
}
