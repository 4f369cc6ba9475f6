/// Finds frames among the bytes of a UART, and does not lose one that came intact, whatever came before it.
///
/// Bytes stay until it is known what they are. Where no frame begins after all, one byte is dropped and the others are
/// looked at again; so a damaged frame cannot take the next one with it, as it does with the libraries' own receivers.
/// Take every event with `next` after each `receive` and `expire`. Times are monotonic nanoseconds.
public struct EvominReceiver: Sendable {
  /// Silence this long on an ordinary UART says that the rest of a frame does not come.
  public static let gapNanosecondsMin: UInt64 = 20_000_000
  /// USB and virtual ports hold bytes back and let them go in bursts.
  public static let virtualPortGapNanoseconds: UInt64 = 100_000_000
  /// An answer counts behind at most this many bytes of noise: behind more it may as well come from inside of a damaged
  /// frame, and to believe it would lose a frame of ours unseen.
  private static let noiseBytesMax = 1

  /// What it has seen.
  public private(set) var counters = EvominReceiverCounters()
  private let gap: UInt64
  private var candidate: EvominCandidate
  private var receivedAt: UInt64 = 0
  /// Bytes that belonged to no frame, since the last frame or silence, and when the last of them came. An answer that
  /// stands alone is not among them: a device that always answers late leaves no silence, and would never be believed.
  private var noise: (bytes: Int, at: UInt64)?
  /// Whether the byte that came last may be an answer that stands alone: nothing came shortly before it.
  private var standsAlone = false

  /// - Parameters:
  ///   - payloadBytesMax: a longer frame is noise; at most 50.
  ///   - gapNanoseconds: silence this long in a frame ends it; less than 20 ms is raised to that.
  public init(
    payloadBytesMax: Int = EvominFrame.payloadBytesMax, gapNanoseconds: UInt64 = virtualPortGapNanoseconds
  ) {
    gap = max(gapNanoseconds, Self.gapNanosecondsMin)
    candidate = EvominCandidate(payloadBytesMax: payloadBytesMax)
  }

  /// Whether a frame seems to be arriving.
  public var isReceiving: Bool { !candidate.isEmpty && !candidate.isOverlap }

  /// When `expire` has something to do; nil while nothing is incomplete.
  public var deadline: UInt64? { candidate.isEmpty ? nil : receivedAt &+ gap }

  /// Takes a byte from the line.
  public mutating func receive(_ byte: UInt8, at now: UInt64) {
    if now >= receivedAt &+ gap {
      if !candidate.isEmpty { giveUpFirst() }
      noise = nil
    }
    // As long as there may be more of a damaged frame, its bytes come closer to each other.
    standsAlone = candidate.isEmpty && now >= receivedAt &+ gap / 5
    if let last = noise?.at, now >= last &+ gap { noise = nil }
    receivedAt = now
    candidate.append(byte)
  }

  /// Gives up the start of a frame whose rest does not come, if it is time.
  ///
  /// - Returns: whether it was. What came behind that start gets as long again.
  public mutating func expire(at now: UInt64) -> Bool {
    guard let deadline, now >= deadline else { return false }
    giveUpFirst()
    receivedAt = deadline
    return true
  }

  /// What has been found; nil if the next byte decides.
  public mutating func next() -> EvominReceived? {
    while true {
      switch candidate.next() {
      case .more: return nil
      case .checked: continue
      case .frame(let frame):
        counters.frames += 1
        noise = nil
        return .frame(frame)
      case .dropped(let byte, let wrongChecksum):
        if wrongChecksum { counters.checksumErrors += 1 }
        if let answer = answer(byte) { return answer }
        skip(byte)
      }
    }
  }

  /// Forgets an incomplete frame: the line has been closed.
  public mutating func reset() {
    candidate.removeAll()
    noise = nil
  }

  private func answer(_ byte: UInt8) -> EvominReceived? {
    if let noise, noise.bytes > Self.noiseBytesMax { return nil }
    return switch byte {
    case EvominByte.acknowledge: .acknowledgement
    case EvominByte.refuse: .refusal
    default: nil
    }
  }

  private mutating func giveUpFirst() {
    guard let byte = candidate.giveUp() else { return }
    counters.timeouts += 1
    skip(byte)
  }

  private mutating func skip(_ byte: UInt8) {
    counters.bytesSkipped += 1
    guard !standsAlone || (byte != EvominByte.acknowledge && byte != EvominByte.refuse) else { return }
    noise = ((noise?.bytes ?? 0) + 1, receivedAt)
  }
}
