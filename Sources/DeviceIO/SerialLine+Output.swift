import BusSystem
import CSys
import Glibc

extension SerialLine {
  /// Sends bytes, and keeps what the line does not take yet.
  ///
  /// - Returns: false if more than `outputBytesMax` would wait or the line is closed, and nothing of it was taken; or if
  ///   the line is found to be lost.
  public mutating func write(_ bytes: some Collection<UInt8>) -> Bool {
    guard port != nil, output.count + bytes.count <= Self.outputBytesMax else { return false }
    output.append(contentsOf: bytes)
    send()
    return isOpen
  }

  /// Sends what waits, as far as it goes without waiting. `poll` does it too.
  public mutating func flush() -> Event? {
    send()
    return tell()
  }

  private mutating func send() {
    while let port, !output.isEmpty {
      switch output.withUnsafeBytes({ port.write($0) }) {
      case .bytes(let count): output.removeFirst(count)
      case .wouldBlock, .endOfStream: return lineWatch.watch(port, writing: true)
      case .failed(let error): return lose(error.code, "write")
      }
    }
    if let port { lineWatch.watch(port, writing: false) }
  }

  /// Sends what waits, for a limited time, and closes the line for good. End `bus.wake(on:)` before, unless the module
  /// stops.
  ///
  /// - Parameter drainMilliseconds: how long a line that takes nothing may hold up the end; 500 ms are 480 bytes at
  ///   9600 baud. What has not left by then is dropped.
  public mutating func close(drainMilliseconds: Int = 500) {
    guard !isClosed else { return }
    isClosed = true
    if let port { drain(port, until: Clock.monotonic + UInt64(max(0, drainMilliseconds)) * 1_000_000) }
    port?.close()
    port = nil
    output = []
    descriptor.close()
  }

  private mutating func drain(_ port: FileDescriptor, until deadline: UInt64) {
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
}
