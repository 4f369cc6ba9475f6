import BusSystem
import Glibc

/// What a process that `ChildProcess` has started has of the one that started it: orders at its standard input, reports to
/// its standard output, and the signals by which it is asked to go.
public struct ParentLink: ~Copyable {
  /// Why `wait` returned.
  public enum Event: Equatable, Sendable {
    /// The time has come.
    case timeIsOver
    /// These bytes came.
    case bytes([UInt8])
    /// Nothing more will come: the parent is gone, or has closed its side.
    case ended
    /// A signal asks this process to end: SIGTERM, SIGINT, SIGQUIT or SIGHUP.
    case askedToEnd
  }

  private let signals: SignalReader

  /// Has signals that ask the process to end reported by `wait`. Call it first in the process.
  ///
  /// - Throws: `SystemError` only if the system gives no descriptor.
  public init() throws(SystemError) {
    signals = try SignalReader()
    for stream in [FileDescriptor.standardInput, .standardOutput] { stream.neverWait() }
  }

  /// The time, as `bus.now` of the parent says it.
  public var now: Duration { .nanoseconds(Clock.monotonic) }

  /// Waits until something comes.
  ///
  /// - Parameter time: when to return at the latest; nil for never.
  public func wait(until time: Duration?) -> Event {
    while true {
      var wait = DescriptorWait()
      let signal = wait.add(signals.descriptor)
      let input = wait.add(.standardInput)
      wait.wait(until: time.map(\.inNanoseconds))
      if wait.isReady(signal), signals.next() != nil { return .askedToEnd }
      if wait.isReady(input) {
        var bytes: [UInt8] = []
        guard (try? FileDescriptor.standardInput.read(into: &bytes)) == true else { return .ended }
        if !bytes.isEmpty { return .bytes(bytes) }
      }
      if let time, now >= time { return .timeIsOver }
    }
  }

  /// Writes to the parent, without waiting.
  ///
  /// - Parameter bytes: at most 4096, so that they go out whole or not at all.
  /// - Returns: false if the parent does not take them: it has not read for long, or is gone.
  public func write(_ bytes: [UInt8]) -> Bool {
    bytes.isEmpty || bytes.withUnsafeBytes { FileDescriptor.standardOutput.write($0) } == .bytes(bytes.count)
  }
}
