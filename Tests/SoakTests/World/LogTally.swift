import Synchronization

/// Counts the lines of a module's log that its user must see.
final class LogTally: Sendable {
  private let counts = Mutex((disconnected: 0, reconnected: 0))

  func add(_ line: String) {
    counts.withLock {
      if line.contains("event=disconnected") { $0.disconnected += 1 }
      if line.contains("event=reconnected") { $0.reconnected += 1 }
    }
  }

  var disconnected: Int { counts.withLock { $0.disconnected } }
  var reconnected: Int { counts.withLock { $0.reconnected } }
}
