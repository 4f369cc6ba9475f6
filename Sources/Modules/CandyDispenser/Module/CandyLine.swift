import BusClient
import CandyDispenserProtocol

/// The serial line to the dispenser: opened again when it is lost, and when the host has given it up.
struct CandyLine: ~Copyable {
  private var line: SerialLine
  private let log: Log
  /// What came and was not handed on yet.
  private var input: [UInt8] = []
  /// When the line that the host gave up may be opened again; nil while it may be open.
  private var reopenAt: UInt64?
  /// Whether the log says that the line took too little; once for each time that it is opened.
  private var isStuck = false

  /// A line that the first turn opens.
  init(path: String, baud: Int, log: Log) throws(SystemError) {
    line = try SerialLine(path: path, baud: baud)
    self.log = log
  }

  /// As the user wrote it.
  var path: String { line.path }
  /// Readable when a turn is due.
  var descriptor: FileDescriptor { line.descriptor }
  /// When a turn is due without it.
  var deadline: UInt64? { reopenAt }

  /// Opens the line when it is due, and brings to the host what came from it.
  ///
  /// - Returns: how the line stands now, for a person; nil if that has not changed.
  mutating func turn(for host: inout CandyHost, at now: UInt64) -> String? {
    if let reopenAt {
      guard now >= reopenAt else { return nil }
      self.reopenAt = nil
    }
    let opened = report(line.poll(now: .nanoseconds(now)), to: &host, at: now)
    let event = line.read(into: &input)
    host.receive(input, at: now)
    input.removeAll(keepingCapacity: true)
    return report(event, to: &host, at: now) ?? opened
  }

  private mutating func report(_ event: SerialLine.Event?, to host: inout CandyHost, at now: UInt64) -> String? {
    switch event {
    case nil: return nil
    case .opened:
      log(.info, "port_open", ["path": path])
      isStuck = false
      host.portOpened(at: now)
      return "the port is open"
    case .lost(let error):
      log(.warning, "port_lost", ["reason": "\(error)"])
      host.portClosed(reason: "\(error)", at: now)
      return "\(error)"
    case .unavailable(let error):
      log(.warning, "no_port", ["reason": "\(error)", "next": "trying again"])
      return "\(error)"
    }
  }

  /// A line that takes nothing keeps 4 KiB, far more than a host has under way; what is beyond is an answer to a flood.
  mutating func write(_ packet: CandyPacket) {
    let isTaken = line.write(packet.bytes)
    guard !isTaken, !isStuck, line.isOpen else { return }
    isStuck = true
    log(.warning, "not_sent", ["path": path, "reason": "the dispenser does not read", "next": "look at it"])
  }

  /// Closes the line, and opens it again after a while.
  mutating func reopen(in seconds: UInt32, at now: UInt64) {
    line.reopen()
    reopenAt = now + UInt64(seconds) * 1_000_000_000
  }

  /// Sends what waits, and closes the line for good.
  mutating func close() { line.close() }
}
