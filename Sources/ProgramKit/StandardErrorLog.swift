import BusSystem
import Synchronization

/// Standard error as the place for log lines.
///
/// A line that does not fit because nobody reads is left out and counted: a stuck pipe must not stop a program.
final class StandardErrorLog: Sendable {
  static let shared = StandardErrorLog()

  /// A pipe that is ready takes at least this much without waiting.
  private static let lineBytesMax = 4096

  private let missingLines = Mutex(0)

  func write(_ line: String) {
    missingLines.withLock { missing in
      if missing > 0, FileDescriptor.standardError.isWritable {
        FileDescriptor.standardError.write("level=warning event=log_gap lines=\(missing)\n")
        missing = 0
      }
      guard FileDescriptor.standardError.isWritable else {
        missing += 1
        return
      }
      FileDescriptor.standardError.write(
        line.utf8.count <= Self.lineBytesMax
          ? line : String(decoding: line.utf8.prefix(Self.lineBytesMax - 1), as: UTF8.self) + "\n")
    }
  }
}
