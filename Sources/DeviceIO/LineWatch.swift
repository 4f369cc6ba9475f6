import BusSystem
import CSys
import Glibc

/// One descriptor for a line that comes and goes: ready when the line of the moment is, and never without one.
struct LineWatch: ~Copyable, Sendable {
  private let owned: OwnedDescriptor
  private var line: FileDescriptor?
  private var events: UInt32 = 0

  /// - Throws: `SystemError` only if the system gives no descriptor.
  init() throws(SystemError) {
    let raw = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard raw >= 0 else { throw .last("epoll_create1") }
    owned = OwnedDescriptor(owning: raw)
  }

  var descriptor: FileDescriptor { owned.descriptor }

  /// Watches a line, or changes what it is watched for.
  mutating func watch(_ line: FileDescriptor, reading: Bool = true, writing: Bool) {
    let wanted = (reading ? EPOLLIN.rawValue : 0) | (writing ? EPOLLOUT.rawValue : 0)
    guard line != self.line || wanted != events else { return }
    var event = epoll_event()
    event.events = wanted
    epoll_ctl(descriptor.rawValue, line == self.line ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, line.rawValue, &event)
    (self.line, events) = (line, wanted)
  }

  /// The line was closed; by that it has left.
  mutating func forget() { line = nil }
}
