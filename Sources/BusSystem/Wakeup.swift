import CSys
import Glibc

/// Wakes a thread that waits for descriptors, from another thread.
package struct Wakeup: ~Copyable, Sendable {
  private let owned: OwnedDescriptor

  package init() throws(SystemError) {
    let raw = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard raw >= 0 else { throw .last("eventfd") }
    owned = OwnedDescriptor(owning: raw)
  }

  /// Becomes readable by `signal()`.
  package var descriptor: FileDescriptor { owned.descriptor }

  /// Makes the descriptor readable.
  package func signal() {
    var one: UInt64 = 1
    _ = write(descriptor.rawValue, &one, MemoryLayout<UInt64>.size)
  }

  /// Makes it unreadable again.
  package func clear() {
    var count: UInt64 = 0
    _ = read(descriptor.rawValue, &count, MemoryLayout<UInt64>.size)
  }
}
