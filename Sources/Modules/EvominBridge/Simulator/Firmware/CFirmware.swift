import EvominBridgeProtocol

/// The C library as it really behaves on a UART.
///
/// A byte that it does not expect is forgotten, and never taken for the start of a frame. It sends a frame that has been
/// acknowledged once more, and takes the first byte after a payload that ended in a pair of AA for a stuff byte.
struct CFirmware: Firmware {
  private static let intervalNanoseconds: UInt64 = 3_000_000_000
  private static let attemptsMax = 3
  private static let queueFramesMax = 4

  private(set) var state = LibraryState.idle
  /// Whether the next byte of a payload is dropped, perhaps in the next frame.
  private(set) var dropsNext = false
  private var bytes = LibraryBytes()
  private var queue = LibraryQueue()
  /// Places in the queue; all of them become free when the last one is done with.
  private var usedPlaces = 0
  private var events = EvominQueue<FirmwareEvent>()

  init() {}

  var deadline: UInt64? { queue.head?.due }

  mutating func nextEvent() -> FirmwareEvent? { events.next() }

  mutating func send(_ frame: EvominFrame, at now: UInt64) -> Bool {
    if queue.isEmpty { usedPlaces = 0 }
    guard usedPlaces < Self.queueFramesMax else { return false }
    usedPlaces += 1
    queue.append(LibraryQueue.Entry(frame: frame, due: now))
    return true
  }

  /// It does not look whether the frame has been acknowledged before it sends it again.
  mutating func poll(at now: UInt64) {
    guard var head = queue.head, now >= head.due else { return }
    events.append(.write(head.frame.encoded))
    state = .waitingForAcknowledgement
    head.attempts += 1
    head.due = now + Self.intervalNanoseconds
    if !head.isAcknowledged && head.attempts == Self.attemptsMax { events.append(.gaveUp(head.frame)) }
    queue.head = head.isAcknowledged || head.attempts == Self.attemptsMax ? nil : head
  }

  mutating func receive(_ byte: UInt8, at now: UInt64) {
    switch state {
    case .idle: state = byte == 0xAA ? .secondStart : .idle
    case .secondStart: state = byte == 0xAA ? .thirdStart : .idle
    case .thirdStart: state = byte == 0xAA ? .command : .idle
    case .command:
      bytes.begin(command: byte)
      state = .length
    case .length: takeLength(byte)
    case .payload: takePayload(byte)
    case .checksum: state = byte == bytes.frame?.checksum ? .end : .checksumFailed
    case .checksumFailed, .error: state = .idle
    case .end: takeEnd(byte)
    case .waitingForAcknowledgement:
      state = .idle
      if byte == 0xFF { creditHead() }
    }
  }

  private mutating func takeLength(_ byte: UInt8) {
    bytes.setLength(byte)
    state = byte == 0 ? .checksum : byte <= 50 ? .payload : .idle
  }

  private mutating func takePayload(_ byte: UInt8) {
    if dropsNext {
      dropsNext = false
      bytes.restartRun()
      return
    }
    bytes.append(byte)
    if bytes.endsInPair { dropsNext = true }
    // One byte less than the buffer has.
    if bytes.payload.count == EvominFrame.payloadBytesMax {
      state = .idle
    } else if bytes.isComplete {
      state = .checksum
    }
  }

  private mutating func takeEnd(_ byte: UInt8) {
    state = .idle
    guard byte == 0x55, let frame = bytes.frame else { return }
    events.append(.write(.acknowledgement))
    events.append(.received(frame))
  }

  /// It goes to whichever frame is first: after a last attempt that is the next one, which is then sent only once.
  private mutating func creditHead() {
    guard var head = queue.head, !head.isAcknowledged else { return }
    head.isAcknowledged = true
    queue.head = head
    events.append(.acknowledged(head.frame))
  }
}
