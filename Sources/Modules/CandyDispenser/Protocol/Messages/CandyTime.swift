/// Times are monotonic nanoseconds; settings are in the unit of their name.
enum CandyTime {
  static func seconds(_ seconds: UInt32) -> UInt64 { UInt64(seconds) * 1_000_000_000 }
  static func milliseconds(_ milliseconds: UInt32) -> UInt64 { UInt64(milliseconds) * 1_000_000 }

  /// The earliest of some times, where nil is never.
  static func earliest(_ times: UInt64?...) -> UInt64? { times.compactMap { $0 }.min() }
}
