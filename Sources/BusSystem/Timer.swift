import CSys
import Glibc

/// A descriptor that becomes readable at a time.
///
/// Waiting with a time limit has the kernel set up and cancel a timer for each wait; this one is set only when the
/// time moves.
package struct Timer: ~Copyable, Sendable {
  private let owned: OwnedDescriptor

  package init() throws(SystemError) {
    let raw = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
    guard raw >= 0 else { throw .last("timerfd_create") }
    owned = OwnedDescriptor(owning: raw)
  }

  /// Readable once the time has come.
  package var descriptor: FileDescriptor { owned.descriptor }

  /// Makes the descriptor readable at a monotonic time in nanoseconds, and not before.
  package func set(_ time: UInt64) {
    var setting = itimerspec()
    setting.it_value.tv_sec = Int(time / 1_000_000_000)
    setting.it_value.tv_nsec = Int(time % 1_000_000_000)
    timerfd_settime(descriptor.rawValue, Int32(TFD_TIMER_ABSTIME), &setting, nil)
  }

  /// Makes the descriptor unreadable again.
  package func clear() {
    var count: UInt64 = 0
    _ = read(descriptor.rawValue, &count, MemoryLayout<UInt64>.size)
  }
}
