import CSys
import Glibc

/// Waits for many descriptors at once (level-triggered epoll).
public struct Poller: ~Copyable {
  /// What to wait for.
  public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let reading = Interest(rawValue: 1)
    public static let writing = Interest(rawValue: 2)

    fileprivate var events: UInt32 {
      (contains(.reading) ? EPOLLIN.rawValue : 0) | (contains(.writing) ? EPOLLOUT.rawValue : 0)
    }
  }

  /// A descriptor that is ready.
  public struct Event {
    /// What `add` was given.
    public let token: UInt64
    public let isReadable: Bool
    public let isWritable: Bool
    /// Both directions are closed or the connection is broken. It is reported whether asked for or not.
    public let isHangUp: Bool
  }

  private let descriptor: Int32
  private let events: UnsafeMutablePointer<epoll_event>
  private static let eventsMax: Int32 = 256

  public init() throws(SystemError) {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard descriptor >= 0 else { throw .last("epoll_create1") }
    events = .allocate(capacity: Int(Self.eventsMax))
  }

  deinit {
    _ = Glibc.close(descriptor)
    events.deallocate()
  }

  /// Starts to watch a descriptor.
  public func add(_ target: FileDescriptor, _ interest: Interest, token: UInt64) throws(SystemError) {
    try control(EPOLL_CTL_ADD, target, interest, token)
  }

  /// Changes what a watched descriptor is watched for.
  public func modify(_ target: FileDescriptor, _ interest: Interest, token: UInt64) throws(SystemError) {
    try control(EPOLL_CTL_MOD, target, interest, token)
  }

  /// Stops watching a descriptor.
  public func remove(_ target: FileDescriptor) throws(SystemError) {
    try control(EPOLL_CTL_DEL, target, [], 0)
  }

  private func control(
    _ operation: Int32, _ target: FileDescriptor, _ interest: Interest, _ token: UInt64
  ) throws(SystemError) {
    var event = epoll_event()
    event.events = interest.events
    event.data.u64 = token
    guard epoll_ctl(descriptor, operation, target.rawValue, &event) == 0 else { throw .last("epoll_ctl") }
  }

  /// Waits until something is ready or the time is over.
  ///
  /// - Parameter milliseconds: how long at most; nil for ever.
  /// - Returns: how many events there are to be asked for with the subscript.
  public func wait(milliseconds: Int?) -> Int {
    let count = epoll_wait(descriptor, events, Self.eventsMax, milliseconds.map { Int32(clamping: $0) } ?? -1)
    return max(0, Int(count))
  }

  /// One of the events of the last wait.
  public subscript(index: Int) -> Event {
    let event = events[index]
    return Event(
      token: event.data.u64,
      isReadable: event.events & EPOLLIN.rawValue != 0,
      isWritable: event.events & EPOLLOUT.rawValue != 0,
      isHangUp: event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0)
  }
}
