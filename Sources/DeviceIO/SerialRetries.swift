/// When a line that is closed is tried again: at once, then less and less often until it has proven good.
struct SerialRetries {
  private static let first = Duration.milliseconds(100)
  private static let last = Duration.seconds(2)

  /// As the owner of the line has said last.
  var now = Duration.zero
  private var next = Duration.zero
  private var delay = first

  /// Whether to try now; if so, the next attempt is planned.
  mutating func isDue() -> Bool {
    guard now >= next else { return false }
    next = now + delay
    delay = min(delay * 2, Self.last)
    return true
  }

  /// A device that goes as soon as it has come is not tried without a pause.
  mutating func lineIsLost() { next = now + delay }

  /// Bytes arrived.
  mutating func lineIsGood() { delay = Self.first }
}
