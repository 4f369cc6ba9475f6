import EvominBridgeProtocol

/// A link, and a device that acknowledges each frame a fixed time after it came, in order, one byte at a time. Some
/// frames are damaged on their way to it.
struct LateDevice {
  private(set) var link: EvominLink
  private(set) var now: UInt64 = 0
  /// Frames that the device acknowledged, repetitions among them.
  private(set) var arrived = [EvominFrame]()
  /// Frames that the link says have arrived.
  private(set) var acknowledged = [EvominFrame]()
  private(set) var givenUp = [EvominFrame]()
  /// Frames that the link had no room for yet.
  private(set) var unsentFrames = 0
  private var frames = [EvominSendID: EvominFrame]()
  private var answers = [UInt64]()
  private let answerNanoseconds: UInt64
  /// At least this long is between two answers: what its line takes for a frame.
  private let spacing: UInt64
  /// Until then it looks at nothing; what comes waits for it.
  private let stallsUntil: UInt64
  /// Whether a frame is damaged, by its number and by the attempt.
  private let isDamaged: (Int, Int) -> Bool

  init(
    _ settings: EvominSettings, seed: UInt64 = 1, answerNanoseconds: UInt64, spacing: UInt64 = ms(1),
    stallsUntil: UInt64 = 0, isDamaged: @escaping (_ frame: Int, _ attempt: Int) -> Bool
  ) {
    link = .opened(settings, seed: seed)
    self.answerNanoseconds = answerNanoseconds
    self.spacing = spacing
    self.stallsUntil = stallsUntil
    self.isDamaged = isDamaged
  }

  /// Bytes come from it that are no frame, such as a preamble.
  mutating func sendNoise(_ bytes: some Sequence<UInt8>) { link.receive(bytes, at: now) }

  /// Sends this many different frames as fast as the link takes them, and waits until each is settled.
  ///
  /// - Parameter look: called after each step.
  mutating func send(frames count: Int, look: (Self) -> Void = { _ in }) throws {
    var next = 0
    while next < count || link.waitingFrames > 0 || !answers.isEmpty {
      while next < count, link.waitingFrames < link.settings.queueFramesMax {
        let frame = try EvominFrame(0x20, [UInt8(next & 0xFF), UInt8(next >> 8)])
        frames[try link.send(frame, at: now)] = frame
        next += 1
      }
      unsentFrames = count - next
      look(self)
      carry()
      guard let time = [link.deadline, answers.first].compactMap(\.self).min() else { continue }
      now = max(now, time)
      if let first = answers.first, first <= now {
        answers.removeFirst()
        link.receive([0xFF], at: now)
      }
      link.tick(at: now)
    }
    carry()
  }

  private mutating func carry() {
    while let action = link.nextAction() {
      switch action {
      case .sent(let id, let attempt):
        guard let frame = frames[id] else { continue }
        let number = Int(frame.payload[0]) + Int(frame.payload[1]) << 8
        if !isDamaged(number, attempt) { arrive(frame) }
      case .acknowledged(let id): if let frame = frames[id] { acknowledged.append(frame) }
      case .gaveUp(let id, _): if let frame = frames[id] { givenUp.append(frame) }
      case .write, .received, .replied: continue
      }
    }
  }

  private mutating func arrive(_ frame: EvominFrame) {
    arrived.append(frame)
    answers.append(max(max(now, stallsUntil) + answerNanoseconds, (answers.last ?? 0) + spacing))
  }
}
