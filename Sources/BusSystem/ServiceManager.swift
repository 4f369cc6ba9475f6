import CSys
import Glibc

/// What systemd and a service report to each other (sd_notify(3)).
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

  /// A variable of the environment; nil if it is not set or empty.
  package static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
