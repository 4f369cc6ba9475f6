import CandyDispenserProtocol

/// The CandyCom firmware as it was seen to behave, or the one of March 2024.
///
/// It is a few tasks that take turns. While the motor turns nothing else runs, so nothing is read, answered or watched.
struct RealFirmware: BoardFirmware {
  private enum Phase {
    /// Reads 12 bytes at a time until they are the probe.
    case probed
    /// Looks every 0.5 s for one group of three bytes.
    case waiting(lookAt: UInt64)
    /// `@es` is out; the tasks start after the same 0.5 s.
    case starting(at: UInt64)
    case running
    /// The communication task is dead; the watchdog is not, until it resets the board.
    case deaf(resetAt: UInt64?)
    /// The program has ended. Only a reset helps.
    case ended
  }

  private static let lookNanoseconds: UInt64 = 500_000_000
  private static let turnNanoseconds: UInt64 = 10_000_000
  /// The buffers of the firmware.
  private static let messagesMax = 64

  private let isMarch2024: Bool
  private var phase: Phase
  private var input = RealInput()
  private var isTurning = false
  /// What was read and not interpreted yet.
  private var read: RealInput.Group?
  private var outgoing: [CandyMessage] = []
  /// When the communication task last had its turn.
  private var turnedAt: UInt64
  private var watchdog: RealWatchdog
  private var watchers = TrayWatchers()

  init(isMarch2024: Bool, at now: UInt64) {
    self.isMarch2024 = isMarch2024
    phase = isMarch2024 ? .waiting(lookAt: now) : .probed
    turnedAt = now
    watchdog = RealWatchdog(periodNanoseconds: isMarch2024 ? 1_000_000_000 : 5_000_000_000)
  }

  // MARK: What happens to the board

  mutating func receive(_ bytes: [UInt8], _ parts: inout MachineParts, at now: UInt64) {
    parts.lostInputBytes += input.append(bytes)
    if case .probed = phase, input.readProbe() {
      parts.line.send(CandyPacket.probe.bytes, at: now)
      phase = .waiting(lookAt: now)
    }
  }

  mutating func happened(_ event: CandyMechanics.Event, _ parts: inout MachineParts, at now: UInt64) {
    guard event == .candyFell, isTurning else { return }
    isTurning = false
    parts.mechanics.stopMotor(at: now)
    if !isMarch2024 { watchers.candyFell(at: now) }
    send(.dispensed)
    turnedAt = now
  }

  var deadline: UInt64? {
    guard !isTurning else { return nil }
    return switch phase {
    case .probed, .ended: nil
    case .waiting(let lookAt): input.hasGroup ? lookAt : nil
    case .starting(let at): at
    case .running: [turnAt, watchers.deadline, watchdog.deadline].compactMap { $0 }.min()
    case .deaf(let resetAt): [watchers.deadline, watchdog.deadline, resetAt].compactMap { $0 }.min()
    }
  }

  mutating func step(_ parts: inout MachineParts, at now: UInt64) {
    switch phase {
    case .probed, .ended: break
    case .waiting(let lookAt): look(lookAt, &parts, at: now)
    case .starting:
      phase = .running
      turnedAt = now
      watchdog.start(at: now)
    case .deaf(let resetAt?) where now >= resetAt: parts.wantsReset = true
    case .running, .deaf: run(&parts, at: now)
    }
  }

  // MARK: Its tasks

  /// The program looks on its own beat, however long nothing came.
  private mutating func look(_ lookAt: UInt64, _ parts: inout MachineParts, at now: UInt64) {
    let beats = (now - lookAt) / Self.lookNanoseconds + 1
    phase = .waiting(lookAt: lookAt + beats * Self.lookNanoseconds)
    switch input.readGroup() {
    case .message(.establish):
      parts.line.send(CandyMessage.established.bytes, at: now)
      phase = .starting(at: now + Self.lookNanoseconds)
    case .notText: phase = .ended
    case .message, .other: break
    }
  }

  private mutating func run(_ parts: inout MachineParts, at now: UInt64) {
    for _ in 0..<watchers.step(isBeamBroken: parts.mechanics.isHandThere, at: now) { send(.taken) }
    if watchdog.tick(isMessageWaiting: read != nil, at: now) {
      phase = isMarch2024 ? .ended : .deaf(resetAt: now + watchdog.periodNanoseconds)
    }
    if case .running = phase, let turnAt, now >= turnAt { turn(&parts, at: now) }
  }

  /// When the communication task has something to do.
  private var turnAt: UInt64? {
    read != nil || input.hasGroup || !outgoing.isEmpty ? turnedAt + Self.turnNanoseconds : nil
  }

  /// One round of the communication task: interpret one message, send one, read one.
  private mutating func turn(_ parts: inout MachineParts, at now: UInt64) {
    turnedAt = now
    if let group = read {
      read = nil
      if case .message(let message) = group { interpret(message, &parts, at: now) }
      guard !isTurning, !parts.wantsReset else { return }
    }
    if !outgoing.isEmpty { parts.line.send(outgoing.removeFirst().bytes, at: now) }
    guard input.hasGroup else { return }
    let group = input.readGroup()
    if case .notText = group { phase = .deaf(resetAt: nil) } else { read = group }
  }

  private mutating func interpret(_ message: CandyMessage, _ parts: inout MachineParts, at now: UInt64) {
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

  private mutating func send(_ message: CandyMessage) {
    if outgoing.count < Self.messagesMax { outgoing.append(message) }
  }
}

/// What came over the line and the program has not read.
private struct RealInput {
  enum Group {
    case message(CandyMessage)
    case other
    case notText
  }

  private static let groupByteCount = 3
  /// What the board and the system before it keep for a program that does not read.
  private static let bytesMax = 4096

  private var bytes: [UInt8] = []

  /// - Returns: how many bytes found no room.
  mutating func append(_ new: [UInt8]) -> Int {
    let room = Self.bytesMax - bytes.count
    bytes += new.prefix(room)
    return max(0, new.count - room)
  }

  var hasGroup: Bool { bytes.count >= Self.groupByteCount }

  /// Reads the next group; there must be one.
  mutating func readGroup() -> Group {
    let group = bytes.prefix(Self.groupByteCount)
    bytes.removeFirst(Self.groupByteCount)
    guard let text = String(validating: group, as: UTF8.self) else { return .notText }
    return CandyMessage(rawValue: text).map { .message($0) } ?? .other
  }

  /// Reads up to and with the probe, as many bytes at a time as that has.
  ///
  /// - Returns: whether it was there.
  mutating func readProbe() -> Bool {
    let probe = CandyPacket.probe.bytes
    while bytes.count >= probe.count {
      defer { bytes.removeFirst(probe.count) }
      if bytes.prefix(probe.count).elementsEqual(probe) { return true }
    }
    return false
  }
}
