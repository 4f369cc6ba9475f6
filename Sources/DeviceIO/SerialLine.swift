import BusSystem
import CSys
import Glibc

/// A serial line as a module uses it: opened by path, noticed when it is lost, and opened again by itself.
///
///     line = try SerialLine(path: "/dev/ttyACM0", baud: 9600)
///     bus.wake(on: line.descriptor)
///     // on every call of process():
///     handle(line.poll(now: bus.now))
///     handle(line.read(into: &bytes))
///
/// It is closed when its owner goes; `close` sends what waits before.
public struct SerialLine: ~Copyable, Sendable {
  /// What has happened to the line, each reported once.
  public enum Event: Equatable, Sendable {
    /// The line is open, and nothing is in it of what came before.
    case opened
    /// The device is gone, or the line broke. What was written and not sent is forgotten.
    case lost(SystemError)
    /// The line cannot be opened. It is reported again only when the cause is another one.
    case unavailable(SystemError)
  }

  /// Bytes that may wait because the line does not take them.
  public static let outputBytesMax = 4096
  /// Bytes that one call of `read` brings at most; the rest keeps the line readable.
  public static let readBytesMax = 16 << 10

  /// Where the device is found.
  public let path: String
  /// Bits per second.
  public let baud: Int
  /// Readable when there is something to read or to poll for. It is the same while the device comes and goes, and
  /// never readable while the line is closed, so `bus.wake(on:)` gets it once.
  public var descriptor: FileDescriptor { lineWatch.descriptor }

  private var port: SerialPort?
  private var output: [UInt8] = []
  private var lineWatch: LineWatch
  private var isClosed = false
  /// A loss that was found where no event is returned.
  private var unreported: Event?
  /// Why it could not be opened the last time.
  private var lastFailure: SystemError?
  private var retries = SerialRetries()

  /// A line that the first `poll` opens.
  ///
  /// - Parameters:
  ///   - path: such as `/dev/serial/by-id/…`, `/dev/ttyAMA0` or a link to one.
  ///   - baud: bits per second, any that the driver can do.
  /// - Throws: `SystemError` only if the system gives no descriptor.
  public init(path: String, baud: Int) throws(SystemError) {
    lineWatch = try LineWatch()
    self.path = path
    self.baud = baud
    output.reserveCapacity(Self.outputBytesMax)
  }

  /// Whether the device is there.
  public var isOpen: Bool { port != nil }

  /// Opens the line when an attempt is due, and sends what waits.
  ///
  /// Attempts are 100 ms apart at first and 2 s at last; the first one is made at once.
  ///
  /// - Parameter now: the time, as `bus.now` says it.
  public mutating func poll(now: Duration) -> Event? {
    retries.now = now
    if let event = flush() { return event }
    guard !isOpen, !isClosed, retries.isDue() else { return nil }
    do throws(SystemError) {
      let port = try SerialPort(path: path, baud: baud)
      lineWatch.watch(port.descriptor, writing: false)
      self.port = consume port
      lastFailure = nil
      return .opened
    } catch {
      guard error != lastFailure else { return nil }
      lastFailure = error
      return .unavailable(error)
    }
  }

  /// Appends what has arrived to `bytes`, without waiting.
  ///
  /// - Returns: the loss of the line, if that is found out by it.
  public mutating func read(into bytes: inout [UInt8]) -> Event? {
    let end = bytes.count + Self.readBytesMax
    while let port = port?.descriptor, bytes.count < end {
      let before = bytes.count
      do throws(SystemError) {
        guard try port.read(into: &bytes, bytesMax: end - before) else {
          lose(SystemError.inputOutput, "read")
          break
        }
      } catch {
        lose(error.code, "read")
        break
      }
      guard bytes.count > before else { break }
      retries.lineIsGood()
    }
    return takeUnreported()
  }

  /// Sends bytes, and keeps what the line does not take yet.
  ///
  /// - Returns: false if more than `outputBytesMax` would wait or the line is closed, and nothing of it was accepted; or
  ///   if the line is found to be lost.
  public mutating func write(_ bytes: some Collection<UInt8>) -> Bool {
    guard isOpen, output.count + bytes.count <= Self.outputBytesMax else { return false }
    output.append(contentsOf: bytes)
    send()
    return isOpen
  }

  /// Sends what waits, as far as it goes without waiting. `poll` does it too.
  public mutating func flush() -> Event? {
    send()
    return takeUnreported()
  }

  /// Closes the line without an end of it: `poll` opens it again. For a device that must begin anew.
  public mutating func reopen() {
    port = nil
    lineWatch.forget()
    output.removeAll(keepingCapacity: true)
    retries.lineIsLost()
  }

  /// Sends what waits, for a limited time, and closes the line for good.
  ///
  /// - Parameter patience: how long a line that takes nothing may hold up the end; 500 ms are 480 bytes at 9600 baud. What
  ///   has not left by then is dropped.
  public mutating func close(patience: Duration = .milliseconds(500)) {
    guard !isClosed else { return }
    isClosed = true
    drain(until: Clock.monotonic(after: patience))
    port = nil
    lineWatch.forget()
    output = []
  }

  private mutating func send() {
    while let port = port?.descriptor, !output.isEmpty {
      switch output.withUnsafeBytes({ port.write($0) }) {
      case .bytes(let count): output.removeFirst(count)
      case .wouldBlock, .endOfStream: return lineWatch.watch(port, writing: true)
      case .failed(let error): return lose(error.code, "write")
      }
    }
    if let port = port?.descriptor { lineWatch.watch(port, writing: false) }
  }

  private mutating func drain(until deadline: UInt64) {
    guard let port = port?.descriptor else { return }
    send()
    while isOpen, !output.isEmpty || csys_unsent(port.rawValue) > 0, Clock.monotonic < deadline {
      var wait = DescriptorWait()
      if !output.isEmpty { wait.add(port, writing: true, reading: false) }
      // Nobody announces that the last byte has left.
      wait.wait(until: output.isEmpty ? min(deadline, Clock.monotonic + 1_000_000) : deadline)
      send()
    }
    // The kernel would wait up to half a minute for the rest.
    if isOpen, csys_unsent(port.rawValue) > 0 { csys_discard_output(port.rawValue) }
  }

  private mutating func lose(_ code: Int32, _ verb: String) {
    unreported = .lost(SystemError(code: code, call: "\(verb) \(path)", advice: "was the device unplugged?"))
    reopen()
  }

  private mutating func takeUnreported() -> Event? {
    defer { unreported = nil }
    return unreported
  }
}
