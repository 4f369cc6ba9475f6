import CSys
import Glibc

/// Waits for a few descriptors at once, made anew each time; `Poller` is for many.
package struct DescriptorWait {
  private var entries: [pollfd] = []

  package init() {}

  /// Adds a descriptor.
  ///
  /// - Returns: its index, for `isReady`.
  @discardableResult
  package mutating func add(_ descriptor: FileDescriptor, writing: Bool = false, reading: Bool = true) -> Int {
    let events = (reading ? POLLIN : 0) | (writing ? POLLOUT : 0)
    entries.append(pollfd(fd: descriptor.rawValue, events: Int16(events), revents: 0))
    return entries.count - 1
  }

  /// Waits until one is ready or the time is over.
  ///
  /// - Parameter deadline: in monotonic nanoseconds; nil for ever, a time in the past to look only.
  package mutating func wait(until deadline: UInt64?) {
    _ = csys_poll(&entries, UInt(entries.count), Self.nanoseconds(until: deadline))
  }

  /// Milliseconds would be too coarse for a serial line: at 1 Mbaud one is a hundred bytes.
  private static func nanoseconds(until deadline: UInt64?) -> Int64 {
    guard let deadline else { return -1 }
    let now = Clock.monotonic
    return deadline <= now ? 0 : Int64(clamping: deadline - now)
  }

  /// Whether the last wait found a descriptor ready, closed or broken.
  package func isReady(_ index: Int) -> Bool { entries[index].revents != 0 }
}
