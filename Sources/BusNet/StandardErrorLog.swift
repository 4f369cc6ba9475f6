import Glibc

/// Standard error as the place for log lines.
///
/// A line that does not fit because nobody reads is left out and counted: a stuck pipe must not stop a program.
/// Unchecked Sendable is true because every access to the count holds the lock.
final class StandardErrorLog: @unchecked Sendable {
  static let shared = StandardErrorLog()

  /// A pipe that is ready takes at least this much without waiting.
  private static let lineBytesMax = 4096

  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var missingLines = 0

  private init() {
    pthread_mutex_init(lock, nil)
  }

  func write(_ line: String) {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    if missingLines > 0, isReady {
      FileDescriptor.standardError.write("level=warning event=log_gap lines=\(missingLines)\n")
      missingLines = 0
    }
    guard isReady else {
      missingLines += 1
      return
    }
    FileDescriptor.standardError.write(
      line.utf8.count <= Self.lineBytesMax
        ? line : String(decoding: line.utf8.prefix(Self.lineBytesMax - 1), as: UTF8.self) + "\n")
  }

  private var isReady: Bool {
    var wait = DescriptorWait()
    let index = wait.add(.standardError, writing: true, reading: false)
    wait.wait(until: 0)
    return wait.isReady(index)
  }
}
