import EvominBridgeProtocol

/// The Python library as it really behaves on a UART.
///
/// Any byte that it does not expect puts it into a state of error, in which it swallows the next one. It receives nothing
/// while it waits for an acknowledgement. An unknown command raises an exception until a known one comes by, a length over
/// 50 hangs it for good.
struct PythonFirmware: Firmware {
  private static let intervalNanoseconds: UInt64 = 1_000_000_000
  private static let attemptsMax = 3
  private static let queueFramesMax = 5

  let commands: Set<EvominCommand>
  private(set) var state = LibraryState.idle
  /// Whether it waits for room in a buffer that nobody empties.
  private(set) var isHung = false
  private(set) var exceptions: UInt64 = 0
  private var bytes = LibraryBytes()
  private var queue = LibraryQueue()
  private var events = EvominQueue<FirmwareEvent>()

  /// - Parameter commands: beside RESERVED and SEND_IDN.
  init(commands: Set<EvominCommand>) {
    self.commands = commands.union([.reserved, .sendIDN])
  }

  var deadline: UInt64? { isHung ? nil : queue.head?.due }

  mutating func nextEvent() -> FirmwareEvent? { events.next() }

  /// A frame is sent one second after it was handed over, at the earliest.
  mutating func send(_ frame: EvominFrame, at now: UInt64) -> Bool {
    guard !isHung, queue.count < Self.queueFramesMax, frame.encoded.count - 7 <= 50 else { return false }
    queue.append(LibraryQueue.Entry(frame: frame, due: now + Self.intervalNanoseconds))
    return true
  }

  mutating func poll(at now: UInt64) {
    guard !isHung, var head = queue.head, now >= head.due else { return }
    events.append(.write(head.frame.encoded))
    head.attempts += 1
    head.due = now + Self.intervalNanoseconds
    // Its last attempt is forgotten at once, so an answer to that finds nothing.
    if head.attempts == Self.attemptsMax { events.append(.gaveUp(head.frame)) }
    queue.head = head.attempts == Self.attemptsMax ? nil : head
    state = .waitingForAcknowledgement
  }

  mutating func receive(_ byte: UInt8, at now: UInt64) {
    guard !isHung else { return }
    switch state {
    case .idle: state = byte == 0xAA ? .secondStart : .error
    case .secondStart: state = byte == 0xAA ? .thirdStart : .error
    case .thirdStart: state = byte == 0xAA ? .command : .error
    case .command: takeCommand(byte)
    case .length:
      bytes.setLength(byte)
      state = byte == 0 ? .checksum : .payload
    case .payload: takePayload(byte)
    case .checksum: state = byte == bytes.frame?.checksum ? .end : .checksumFailed
    case .checksumFailed, .error: state = .idle
    case .end: takeEnd(byte)
    case .waitingForAcknowledgement: takeAnswer(byte)
    }
  }

  private mutating func takeCommand(_ byte: UInt8) {
    guard commands.contains(EvominCommand(rawValue: byte)) else {
      exceptions += 1
      return
    }
    bytes.begin(command: byte)
    state = .length
  }

  private mutating func takePayload(_ byte: UInt8) {
    guard !bytes.endsInPair else { return bytes.restartRun() }
    guard bytes.payload.count < EvominFrame.payloadBytesMax else {
      isHung = true
      return
    }
    bytes.append(byte)
    if bytes.isComplete { state = .checksum }
  }

  private mutating func takeEnd(_ byte: UInt8) {
    guard byte == 0x55, let frame = bytes.frame else {
      state = .error
      return
    }
    state = .idle
    events.append(.write(.acknowledgement))
    events.append(.received(frame))
  }

  private mutating func takeAnswer(_ byte: UInt8) {
    guard byte == 0xFF else {
      state = .error
      return
    }
    guard let head = queue.head else {
      exceptions += 1
      return
    }
    guard head.attempts > 0 else {
      state = .error
      return
    }
    events.append(.acknowledged(head.frame))
    queue.head = nil
    state = .idle
  }
}
