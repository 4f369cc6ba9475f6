import BusSystem

/// The way to a manager, the clocks and chance: a socket in use, memory in tests.
package protocol Link: AnyObject {
  /// Time that only goes forward, in nanoseconds.
  var monotonicTime: UInt64 { get }
  /// The same, a few milliseconds behind at most, and cheaper.
  var coarseTime: UInt64 { get }
  /// Nanoseconds since the Unix epoch.
  var wallTime: UInt64 { get }
  /// A random number from 0 to below `bound`, so that clients do not all come back at once.
  func random(below bound: UInt64) -> UInt64

  /// Starts to connect. A connection that fails later fails at the first transfer.
  func open(_ address: BusAddress) throws(SystemError)
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer
  func send(_ bytes: UnsafeRawBufferPointer) -> Transfer
  /// Says that nothing more will be sent; what still comes can be received.
  func endSending()
  func close()

  /// Waits for the time, for one of `others` to be ready, and if asked for bytes to receive and for room to send.
  ///
  /// - Returns: those of `others` that are ready.
  func wait(forBytes: Bool, forRoom: Bool, others: [WakeInterest], until deadline: UInt64) -> [FileDescriptor]
}

extension Link {
  /// The exact one.
  package var coarseTime: UInt64 { monotonicTime }
}

/// A descriptor that ends a wait early.
package struct WakeInterest {
  package let descriptor: FileDescriptor
  /// When it is writable, too, not only when it is readable.
  package let writing: Bool
}
