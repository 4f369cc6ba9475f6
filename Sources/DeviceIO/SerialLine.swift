import BusSystem
import CSys
import Glibc

/// A serial line as a module uses it: opened by path, noticed when it is lost, and opened again by itself.
///
///     line = try SerialLine(path: "/dev/ttyACM0", baud: 9600)
///     bus.wake(on: line.descriptor)
///     // on every call of process():
///     report(line.poll(now: bus.monotonicTime))
///     report(line.read { decoder.feed($0) })
///
/// It has one owner, which calls `poll` on every beat, and `close` once, at the end.
public struct SerialLine {
  /// What the owner is told, each once.
  public enum Event: Equatable, Sendable {
    /// The line is open, and nothing is in it of what came before.
    case opened
    /// The device is gone, or the line broke. What was written and not sent is forgotten.
    case lost(SystemError)
    /// The line cannot be opened. Told again only when the cause is another one.
    case unavailable(SystemError)
  }

  /// Bytes that may wait because the line does not take them.
  public static let outputBytesMax = 4096
  /// Bytes that one call of `read` hands out at most; the rest keeps the line readable.
  public static let readBytesMax = 16 << 10

  public let path: String
  public let baud: Int
  /// Readable when there is something to read or to poll for. It is the same while the device comes and goes, and
  /// never readable while the line is closed, so `bus.wake(on:)` gets it once.
  public var descriptor: FileDescriptor { lineWatch.descriptor }

  var port: FileDescriptor?
  var output: [UInt8] = []
  var lineWatch: LineWatch
  private var input = [UInt8](repeating: 0, count: 4096)
  var isClosed = false
  /// A loss that was found where no event is returned.
  private var untold: Event?
  /// Why it could not be opened the last time.
  private var complaint: SystemError?
  private var retries = SerialRetries()

  /// A line that the first `poll` opens.
  ///
  /// - Throws: `SystemError` only if the system gives no descriptor.
  public init(path: String, baud: Int) throws(SystemError) {
    self.path = path
    self.baud = baud
    lineWatch = try LineWatch()
    output.reserveCapacity(Self.outputBytesMax)
  }

  /// Whether the device is there.
  public var isOpen: Bool { port != nil }

  /// Opens the line when an attempt is due, and sends what waits.
  ///
  /// Attempts are 100 ms apart at first and 2 s at last; the first one is made at once.
  ///
  /// - Parameter now: monotonic nanoseconds.
  public mutating func poll(now: UInt64) -> Event? {
    retries.now = now
    if let event = flush() { return event }
    guard port == nil, !isClosed, retries.isDue() else { return nil }
    do throws(SystemError) {
      let port = try SerialPort.open(path: path, baud: baud)
      self.port = port
      lineWatch.watch(port, writing: false)
      complaint = nil
      return .opened
    } catch {
      guard error != complaint else { return nil }
      complaint = error
      return .unavailable(error)
    }
  }

  /// Hands out what has arrived, in pieces as they come, without waiting.
  public mutating func read(_ body: (Span<UInt8>) -> Void) -> Event? {
    var room = Self.readBytesMax
    while let port, room > 0 {
      let piece = min(room, input.count)
      switch input.withUnsafeMutableBytes({ port.read(into: .init(rebasing: $0[..<piece])) }) {
      case .bytes(let count):
        retries.lineIsGood()
        body(input.span.extracting(..<count))
        room -= count
      case .wouldBlock: room = 0
      case .endOfStream: lose(EIO, "read")
      case .failed(let error): lose(error.code, "read")
      }
    }
    return tell()
  }

  /// Closes the line without an end of it: `poll` opens it again. For a device that must begin anew.
  public mutating func reopen() {
    port?.close()
    port = nil
    lineWatch.forget()
    output.removeAll(keepingCapacity: true)
    retries.lineIsLost()
  }

  mutating func lose(_ code: Int32, _ verb: String) {
    untold = .lost(SystemError(code: code, call: "\(verb) \(path)", advice: "was the device unplugged?"))
    reopen()
  }

  mutating func tell() -> Event? {
    defer { untold = nil }
    return untold
  }
}
