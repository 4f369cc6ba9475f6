/// A time stamp as `14:03:59.120`.
enum TimeOfDay {
  /// - Parameters:
  ///   - timestamp: nanoseconds since the Unix epoch.
  ///   - offsetSeconds: how far the time to show is ahead of UTC.
  static func text(_ timestamp: UInt64, offsetSeconds: Int) -> String {
    let seconds = (Int(timestamp / 1_000_000_000) + offsetSeconds) % 86_400
    let ofDay = (seconds + 86_400) % 86_400
    let milliseconds = Int(timestamp / 1_000_000 % 1000)
    return padded(ofDay / 3600, 2) + ":" + padded(ofDay / 60 % 60, 2) + ":" + padded(ofDay % 60, 2) + "."
      + padded(milliseconds, 3)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
