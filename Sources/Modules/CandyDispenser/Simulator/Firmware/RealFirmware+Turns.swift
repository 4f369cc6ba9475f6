import CandyDispenserProtocol

extension RealFirmware {
  var deadline: UInt64? {
    guard !isTurning else { return nil }
    return switch phase {
    case .probed, .ended: nil
    case .waiting(let lookAt): input.count >= Self.groupByteCount ? lookAt : nil
    case .starting(let at): at
    case .running: [turnAt, watchers.deadline, watchdog.deadline, resetAt].compactMap { $0 }.min()
    case .deaf: [watchers.deadline, watchdog.deadline, resetAt].compactMap { $0 }.min()
    }
  }

  /// When the communication task has something to do.
  private var turnAt: UInt64? {
    isReadFull || input.count >= Self.groupByteCount || !outgoing.isEmpty ? turnedAt + Self.turnNanoseconds : nil
  }

  mutating func step(_ parts: inout MachineParts, at now: UInt64) {
    switch phase {
    case .probed, .ended: break
    case .waiting(let lookAt): look(lookAt, &parts, at: now)
    case .starting:
      phase = .running
      turnedAt = now
      watchdog.start(at: now)
    case .running, .deaf: run(&parts, at: now)
    }
  }

  /// The program looks on its own beat, however long nothing came.
  private mutating func look(_ lookAt: UInt64, _ parts: inout MachineParts, at now: UInt64) {
    let beats = (now - lookAt) / Self.lookNanoseconds + 1
    phase = .waiting(lookAt: lookAt + beats * Self.lookNanoseconds)
    switch readGroup() {
    case .message(.establish):
      parts.line.send(CandyMessage.established.bytes, at: now)
      phase = .starting(at: now + Self.lookNanoseconds)
    case .notText: phase = .ended
    case .message, .other: break
    }
  }

  private mutating func run(_ parts: inout MachineParts, at now: UInt64) {
    if let resetAt, now >= resetAt {
      parts.wantsReset = true
      return
    }
    for _ in 0..<watchers.step(isBeamBroken: parts.mechanics.isHandThere, at: now) { send(.taken) }
    if watchdog.tick(isMessageWaiting: isReadFull, at: now) { timeOut(at: now) }
    if phase == .running, let turnAt, now >= turnAt { turn(&parts, at: now) }
  }

  private mutating func timeOut(at now: UInt64) {
    phase = isMarch2024 ? .ended : .deaf
    if !isMarch2024 { resetAt = now + watchdog.periodNanoseconds }
  }

  /// One round of the communication task: interpret one message, send one, read one.
  private mutating func turn(_ parts: inout MachineParts, at now: UInt64) {
    turnedAt = now
    if isReadFull {
      isReadFull = false
      interpret(read, &parts, at: now)
      guard !isTurning, !parts.wantsReset else { return }
    }
    if !outgoing.isEmpty { parts.line.send(outgoing.removeFirst().bytes, at: now) }
    guard input.count >= Self.groupByteCount else { return }
    switch readGroup() {
    case .message(let message): read = message
    case .other: read = nil
    case .notText:
      phase = .deaf
      return
    }
    isReadFull = true
  }

  private mutating func interpret(_ message: CandyMessage?, _ parts: inout MachineParts, at now: UInt64) {
    switch message {
    case .dispense:
      isTurning = true
      parts.mechanics.startMotor(at: now)
    case .keepAlive:
      watchdog.feed()
      send(.alive)
    case .disconnect where !isMarch2024:
      // What goes out is the oldest message that waits, whichever it is.
      send(.disconnected)
      parts.line.send(outgoing.removeFirst().bytes, at: now)
      parts.wantsReset = true
    default: break
    }
  }

  private enum Group {
    case message(CandyMessage)
    case other
    case notText
  }

  private mutating func readGroup() -> Group {
    let bytes = input.prefix(Self.groupByteCount)
    input.removeFirst(Self.groupByteCount)
    guard let text = String(validating: bytes, as: UTF8.self) else { return .notText }
    return CandyMessage(rawValue: text).map { .message($0) } ?? .other
  }
}
