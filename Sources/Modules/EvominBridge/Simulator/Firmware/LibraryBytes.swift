import EvominBridgeProtocol

/// The bytes of a frame as a library collects them, and where its stuff bytes are.
struct LibraryBytes: Sendable {
  private(set) var command: UInt8 = 0
  private(set) var length = 0
  private(set) var payload = [UInt8]()
  private var run = 0

  mutating func begin(command: UInt8) { self.command = command }

  /// Both libraries count AA in a row from the length on.
  mutating func setLength(_ byte: UInt8) {
    length = Int(byte)
    payload.removeAll(keepingCapacity: true)
    run = byte == 0xAA ? 1 : 0
  }

  mutating func append(_ byte: UInt8) {
    payload.append(byte)
    run = byte == 0xAA ? run + 1 : 0
  }

  var isComplete: Bool { payload.count == length }
  var endsInPair: Bool { run == 2 }

  mutating func restartRun() { run = 0 }

  /// The frame, if its payload is whole and not too long.
  var frame: EvominFrame? { try? EvominFrame(EvominCommand(rawValue: command), payload) }
}
