import CSys
import Glibc

/// Wakes a thread that waits for descriptors, from another thread.
public struct Wakeup: Sendable {
  /// Becomes readable by `signal()`.
  public let descriptor: FileDescriptor

  public init() throws(SystemError) {
    let raw = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard raw >= 0 else { throw .last("eventfd") }
    descriptor = FileDescriptor(rawValue: raw)
  }

  /// Makes the descriptor readable.
  public func signal() {
    var one: UInt64 = 1
    _ = write(descriptor.rawValue, &one, MemoryLayout<UInt64>.size)
  }

  /// Makes it unreadable again.
  public func clear() {
    var count: UInt64 = 0
    _ = read(descriptor.rawValue, &count, MemoryLayout<UInt64>.size)
  }
}
