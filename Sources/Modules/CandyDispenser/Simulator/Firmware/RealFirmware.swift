import CandyDispenserProtocol

/// The CandyCom firmware as it was seen to behave, or the one of March 2024.
///
/// It is a few tasks that take turns. While the motor turns nothing else runs, so nothing is read, answered or watched.
struct RealFirmware: BoardFirmware {
  enum Phase: Equatable {
    /// Reads 12 bytes at a time until they are the probe.
    case probed
    /// Looks every 0.5 s for one group of three bytes.
    case waiting(lookAt: UInt64)
    /// `@es` is out; the tasks start after the same 0.5 s.
    case starting(at: UInt64)
    case running
    /// The communication task is dead; the watchdog is not.
    case deaf
    /// The program has ended. Only a reset helps.
    case ended
  }

  static let groupByteCount = 3
  static let lookNanoseconds: UInt64 = 500_000_000
  static let turnNanoseconds: UInt64 = 10_000_000
  /// What the board and the system before it keep for a program that does not read.
  private static let inputBytesMax = 4096
  /// The buffers of the firmware.
  static let messagesMax = 64

  let isMarch2024: Bool
  var phase: Phase
  var input: [UInt8] = []
  var isTurning = false
  /// The message that was read and not interpreted yet.
  var read: CandyMessage?
  var isReadFull = false
  var outgoing: [CandyMessage] = []
  /// When the communication task last had its turn.
  var turnedAt: UInt64
  var watchdog: RealWatchdog
  var watchers = TrayWatchers()
  /// When the watchdog resets the board.
  var resetAt: UInt64?

  init(isMarch2024: Bool, at now: UInt64) {
    self.isMarch2024 = isMarch2024
    phase = isMarch2024 ? .waiting(lookAt: now) : .probed
    turnedAt = now
    watchdog = RealWatchdog(periodNanoseconds: isMarch2024 ? 1_000_000_000 : 5_000_000_000)
  }

  mutating func receive(_ bytes: [UInt8], _ parts: inout MachineParts, at now: UInt64) {
    let room = Self.inputBytesMax - input.count
    input += bytes.prefix(room)
    parts.lostInputBytes += max(0, bytes.count - room)
    if phase == .probed { readProbes(&parts, at: now) }
  }

  mutating func happened(_ event: CandyMechanics.Event, _ parts: inout MachineParts, at now: UInt64) {
    guard event == .candyFell, isTurning else { return }
    isTurning = false
    parts.mechanics.stopMotor(at: now)
    if !isMarch2024 { watchers.candyFell(at: now) }
    send(.dispensed)
    turnedAt = now
  }

  private mutating func readProbes(_ parts: inout MachineParts, at now: UInt64) {
    let probe = CandyPacket.probe.bytes
    while input.count >= probe.count {
      let group = Array(input.prefix(probe.count))
      input.removeFirst(probe.count)
      guard group == probe else { continue }
      parts.line.send(probe, at: now)
      phase = .waiting(lookAt: now)
      return
    }
  }

  mutating func send(_ message: CandyMessage) {
    if outgoing.count < Self.messagesMax { outgoing.append(message) }
  }
}
