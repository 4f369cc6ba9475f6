import Foundation

/// What a program has written so far, gathered by a thread so that the program never waits for the test.
final class OutputText: @unchecked Sendable {
  // Unchecked: every access holds the condition's lock.
  private let condition = NSCondition()
  private var text = ""
  private var hasEnded = false

  /// Reads a descriptor until its end, and closes it.
  init(reading descriptor: Int32) {
    Foundation.Thread.detachNewThread { [self] in
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        add(String(decoding: buffer[..<count], as: UTF8.self))
      }
      close(descriptor)
      end()
    }
  }

  private func add(_ piece: String) {
    condition.withLock {
      text += piece
      condition.broadcast()
    }
  }

  private func end() {
    condition.withLock {
      hasEnded = true
      condition.broadcast()
    }
  }

  /// All of it so far.
  var all: String { condition.withLock { text } }

  /// The whole lines so far.
  var lines: [String] { Self.lines(of: all) }

  private static func lines(of text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// Waits until the lines so far satisfy a condition.
  ///
  /// - Returns: false if they do not in time, or at the end of the output.
  func wait(until isSatisfied: ([String]) -> Bool) -> Bool {
    let deadline = Date(timeIntervalSinceNow: TimeInterval(Deadline.seconds))
    return condition.withLock {
      while true {
        if isSatisfied(Self.lines(of: text)) { return true }
        if hasEnded || !condition.wait(until: deadline) { return isSatisfied(Self.lines(of: text)) }
      }
    }
  }

  /// Waits until the program has closed this output.
  func waitForEnd() -> Bool {
    let deadline = Date(timeIntervalSinceNow: TimeInterval(Deadline.seconds))
    return condition.withLock {
      while !hasEnded { if !condition.wait(until: deadline) { return false } }
      return true
    }
  }
}
