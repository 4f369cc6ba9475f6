import BusSystem

/// A simulated device on a pseudo-terminal, for programs that want to open a serial port.
///
/// It has one owner, which calls `process` whenever `descriptor` is readable or `deadline` has come, and `close` at the
/// end.
public struct SimulatedPort<Device: SimulatedDevice> {
  /// The path at which the device is found. It is a link; what it leads to changes with each plugging in.
  public let path: String
  public var device: Device
  private var terminal: PseudoTerminal?
  private var lineWatch: LineWatch
  private var isClosed = false
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
  /// - Parameter path: where to find it; nil chooses one.
  public init(_ device: Device, path: String? = nil) throws(SystemError) {
    self.device = device
    self.path = path ?? "/tmp/framebus-\(Process.id)-\(Clock.monotonic).tty"
    lineWatch = try LineWatch()
    do throws(SystemError) {
      try plug()
    } catch {
      lineWatch.descriptor.close()
      throw error
    }
  }

  /// Readable when `process` has something to do for whoever opened the port. It is the same while the device is
  /// unplugged and plugged in, so `bus.wake(on:)` gets it once.
  public var descriptor: FileDescriptor { lineWatch.descriptor }

  /// When `process` is due next, in monotonic nanoseconds; nil if nothing is.
  public var deadline: UInt64? { device.deadline }

  /// Lets the device do what is due and what was sent to it.
  ///
  /// - Throws: `SystemError` if the device cannot be plugged in again.
  public mutating func process(at now: UInt64) throws(SystemError) {
    try carryOut(at: now)
    var room = Self.inputBytesMax
    while let terminal, room > 0, device.hasRoom,
      case .bytes(let count) = input.withUnsafeMutableBytes({ terminal.descriptor.read(into: $0) })
    {
      room -= count
      device.receive(Array(input[..<count]), at: now)
      try carryOut(at: now)
    }
    flush()
    if let terminal { lineWatch.watch(terminal.descriptor, reading: device.hasRoom, writing: !output.isEmpty) }
  }

  /// Unplugs the device for good. End `bus.wake(on:)` before.
  public mutating func close() {
    guard !isClosed else { return }
    isClosed = true
    unplug()
    lineWatch.descriptor.close()
  }

  private mutating func plug() throws(SystemError) {
    let terminal = try PseudoTerminal(link: path)
    lineWatch.watch(terminal.descriptor, reading: device.hasRoom, writing: false)
    self.terminal = terminal
  }

  private mutating func unplug() {
    terminal?.close()
    terminal = nil
    lineWatch.forget()
    output = []
  }

  private mutating func carryOut(at now: UInt64) throws(SystemError) {
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
    while let terminal, !output.isEmpty,
      case .bytes(let count) = output.withUnsafeBytes({ terminal.descriptor.write($0) })
    {
      output.removeFirst(count)
    }
  }
}
