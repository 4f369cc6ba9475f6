import Glibc

/// An open file, socket or line that is closed when its owner goes; everybody else borrows `descriptor`.
package struct OwnedDescriptor: ~Copyable, Sendable {
  /// What it is waited for, read and written by. It means something else once the owner is gone.
  package let descriptor: FileDescriptor

  /// Takes over a descriptor that the system has just given.
  package init(owning rawValue: Int32) {
    descriptor = FileDescriptor(rawValue: rawValue)
  }

  deinit { _ = close(descriptor.rawValue) }

  /// Opens the null device, as a place holder that can be closed when descriptors run out.
  package static func null() throws(SystemError) -> OwnedDescriptor {
    let raw = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard raw >= 0 else { throw .last("open /dev/null") }
    return OwnedDescriptor(owning: raw)
  }

  /// Leaves it open for the rest of the process, such as one that reports signals.
  package consuming func leftOpen() -> FileDescriptor {
    let descriptor = descriptor
    discard self
    return descriptor
  }
}
