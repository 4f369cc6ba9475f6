import BusSystem

/// How long a test waits for a condition before it fails: far longer than it ever takes.
enum Deadline {
  static let seconds: UInt64 = 60

  /// A minute from now, in monotonic nanoseconds.
  static var next: UInt64 { Clock.monotonic + seconds * 1_000_000_000 }

  /// Waits until a condition holds that nobody announces, such as a number in /proc.
  ///
  /// - Throws: `Missed` if it does not hold in time.
  static func wait(for what: @autoclosure () -> String, until condition: () throws -> Bool) throws {
    let deadline = next
    while try !condition() {
      guard Clock.monotonic < deadline else { throw Missed(what: what()) }
      var pause = DescriptorWait()
      pause.wait(until: Clock.monotonic + 2_000_000)
    }
  }

  /// What did not happen in time.
  struct Missed: Error, CustomStringConvertible {
    let what: String
    var description: String { "did not happen within \(Deadline.seconds) s: \(what)" }
  }
}
