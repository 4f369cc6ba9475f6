import CSys
import Glibc

/// What systemd and a service report to each other (sd_notify(3), sd_listen_fds(3)).
package enum ServiceManager {
  /// Reports the state of this process to systemd, such as `READY=1`; does nothing without systemd.
  package static func notify(_ state: String) {
    guard let path = environment("NOTIFY_SOCKET"), path.utf8.count <= BusAddress.pathBytesMax else { return }
    let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard raw >= 0 else { return }
    defer { _ = close(raw) }
    var state = state
    SocketAddress(unixPath: path).withPointer { address, length in
      _ = state.withUTF8 { sendto(raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), address, length) }
    }
  }

  /// How often systemd expects `WATCHDOG=1`, halved so that one delay does no harm, in nanoseconds.
  package static var watchdogInterval: UInt64? {
    guard let text = environment("WATCHDOG_USEC"), let microseconds = UInt64(text), microseconds > 0 else { return nil }
    if let pid = environment("WATCHDOG_PID"), Int32(pid) != getpid() { return nil }
    return microseconds &* 1000 / 2
  }

  /// The sockets at which systemd listens for this process already; none without systemd.
  ///
  /// They can be had once: the variables that name them are removed, so that no child takes them for its own.
  ///
  /// - Throws: `SystemError` if one is no listening stream socket of a kind that a bus can have.
  package static func passedListeners() throws(SystemError) -> OwnedArray<Listener> {
    var listeners = OwnedArray<Listener>()
    let names = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
    let (pid, count) = (environment(names[0]).flatMap(pid_t.init), environment(names[1]).flatMap(Int32.init))
    for name in names { unsetenv(name) }
    guard pid == getpid(), let count, count > 0, count < 1024 else { return listeners }
    for raw in firstPassed..<firstPassed + count { listeners.append(try Listener(passed: raw)) }
    return listeners
  }

  /// The number of the first descriptor that systemd passes.
  private static let firstPassed: Int32 = 3

  /// What a line on standard error begins with to have a priority in the journal, such as `<4>` for a warning; empty
  /// where no journal reads it.
  ///
  /// - Parameter priority: as syslog(3) counts, 3 for an error to 7 for debugging.
  package static func journalPrefix(_ priority: Int) -> String { isJournalRead ? "<\(priority)>" : "" }

  private static let isJournalRead: Bool = {
    var status = stat()
    guard let stream = environment("JOURNAL_STREAM"), fstat(STDERR_FILENO, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }()

  /// A variable of the environment; nil if it is not set or empty.
  package static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
