import BusSystem

/// A simulated device on a pseudo-terminal, for programs that want to open a serial port.
///
/// Its owner calls `process` whenever `descriptor` is readable or `deadline` has come. The device is unplugged for good
/// when the owner goes.
public struct SimulatedPort<Device: SimulatedDevice>: ~Copyable {
  /// The path at which the device is found. It is a link; what it leads to changes with each plugging in.
  public let path: String
  /// What is plugged in.
  public var device: Device
  private var terminal: PseudoTerminal?
  private var lineWatch: LineWatch
  private var input = [UInt8](repeating: 0, count: 4096)
  /// What the line has not taken yet, because nobody reads it.
  private var output: [UInt8] = []

  /// Bytes that one call of `process` hands to the device at most; the rest keeps the line readable.
  public static var inputBytesMax: Int { 16 << 10 }
  /// Bytes that nobody reads and that are kept; a real device has no more room either, and what is beyond is lost.
  public static var outputBytesMax: Int { 4096 }
  /// Bytes that were lost because nobody read them.
  public private(set) var lostBytes: UInt64 = 0

  /// Plugs a device in.
  ///
  /// - Parameters:
  ///   - device: what is plugged in.
  ///   - path: where to find it; nil chooses one.
  /// - Throws: `SystemError`, with `EBUSY` if a simulator that runs has the path.
  public init(_ device: Device, path: String? = nil) throws(SystemError) {
    let path = path ?? "/tmp/framebus-\(Process.id)-\(Clock.monotonic).tty"
    var lineWatch = try LineWatch()
    let terminal = try PseudoTerminal(link: path)
    lineWatch.watch(terminal.descriptor, reading: device.hasRoom, writing: false)
    self.device = device
    self.path = path
    self.lineWatch = lineWatch
    self.terminal = consume terminal
  }

  /// Readable when `process` has something to do for whoever opened the port. It is the same while the device is
  /// unplugged and plugged in, so `bus.wake(on:)` gets it once.
  public var descriptor: FileDescriptor { lineWatch.descriptor }

  /// When `process` is due next, as `bus.now` counts; nil if nothing is.
  public var deadline: Duration? { device.deadline }

  /// Lets the device do what is due and what was sent to it.
  ///
  /// - Parameter now: the time, as `bus.now` says it.
  /// - Throws: `SystemError` if the device cannot be plugged in again.
  public mutating func process(at now: Duration) throws(SystemError) {
    try carryOut(at: now)
    var room = Self.inputBytesMax
    while let line = terminal?.descriptor, room > 0, device.hasRoom,
      case .bytes(let count) = input.withUnsafeMutableBytes({ line.read(into: $0) })
    {
      room -= count
      device.receive(Array(input[..<count]), at: now)
      try carryOut(at: now)
    }
    flush()
    if let line = terminal?.descriptor { lineWatch.watch(line, reading: device.hasRoom, writing: !output.isEmpty) }
  }

  private mutating func plug() throws(SystemError) {
    let terminal = try PseudoTerminal(link: path)
    lineWatch.watch(terminal.descriptor, reading: device.hasRoom, writing: false)
    self.terminal = consume terminal
  }

  private mutating func unplug() {
    terminal = nil
    lineWatch.forget()
    output = []
  }

  private mutating func carryOut(at now: Duration) throws(SystemError) {
    while let next = device.nextLineEvent(at: now) {
      switch next {
      case .bytes(let bytes): send(bytes)
      case .unplugged: unplug()
      case .plugged:
        unplug()
        try plug()
      }
    }
  }

  private mutating func send(_ bytes: [UInt8]) {
    guard terminal != nil else { return }
    let room = Self.outputBytesMax - output.count
    lostBytes += UInt64(max(0, bytes.count - room))
    output += bytes.prefix(room)
    flush()
  }

  private mutating func flush() {
    while let line = terminal?.descriptor, !output.isEmpty,
      case .bytes(let count) = output.withUnsafeBytes({ line.write($0) })
    {
      output.removeFirst(count)
    }
  }
}
