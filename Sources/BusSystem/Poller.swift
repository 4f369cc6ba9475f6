import CSys
import Glibc

/// Waits for many descriptors at once (level-triggered epoll).
package struct Poller: ~Copyable {
  /// What to wait for.
  package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let reading = Interest(rawValue: 1)
    package static let writing = Interest(rawValue: 2)

    fileprivate var events: UInt32 {
      (contains(.reading) ? EPOLLIN.rawValue : 0) | (contains(.writing) ? EPOLLOUT.rawValue : 0)
    }
  }

  /// A descriptor that is ready.
  package struct Event {
    /// What `add` was given.
    package let token: UInt64
    package let isReadable: Bool
    package let isWritable: Bool
    /// Both directions are closed or the connection is broken. It is reported whether asked for or not.
    package let isHangUp: Bool
  }

  private let owned: OwnedDescriptor
  private let events: UnsafeMutablePointer<epoll_event>
  private static let eventsMax: Int32 = 256

  package init() throws(SystemError) {
    let raw = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard raw >= 0 else { throw .last("epoll_create1") }
    owned = OwnedDescriptor(owning: raw)
    events = .allocate(capacity: Int(Self.eventsMax))
  }

  deinit { events.deallocate() }

  /// Readable while something that is watched is ready, so that another one can watch them all.
  package var descriptor: FileDescriptor { owned.descriptor }

  /// Starts to watch a descriptor.
  package func add(_ target: FileDescriptor, _ interest: Interest, token: UInt64) throws(SystemError) {
    try control(EPOLL_CTL_ADD, target, interest, token)
  }

  /// Changes what a watched descriptor is watched for.
  package func modify(_ target: FileDescriptor, _ interest: Interest, token: UInt64) throws(SystemError) {
    try control(EPOLL_CTL_MOD, target, interest, token)
  }

  /// Stops watching a descriptor.
  package func remove(_ target: FileDescriptor) throws(SystemError) {
    try control(EPOLL_CTL_DEL, target, [], 0)
  }

  private func control(
    _ operation: Int32, _ target: FileDescriptor, _ interest: Interest, _ token: UInt64
  ) throws(SystemError) {
    var event = epoll_event()
    event.events = interest.events
    event.data.u64 = token
    guard epoll_ctl(descriptor.rawValue, operation, target.rawValue, &event) == 0 else { throw .last("epoll_ctl") }
  }

  /// Waits until something is ready or the time is over.
  ///
  /// - Parameter milliseconds: how long at most; nil for ever.
  /// - Returns: how many events there are to be asked for with the subscript.
  package func wait(milliseconds: Int?) -> Int {
    let count = epoll_wait(descriptor.rawValue, events, Self.eventsMax, milliseconds.map { Int32(clamping: $0) } ?? -1)
    return max(0, Int(count))
  }

  /// One of the events of the last wait.
  package subscript(index: Int) -> Event {
    let event = events[index]
    return Event(
      token: event.data.u64,
      isReadable: event.events & EPOLLIN.rawValue != 0,
      isWritable: event.events & EPOLLOUT.rawValue != 0,
      isHangUp: event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0)
  }
}
