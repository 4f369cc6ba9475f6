import Glibc

/// The system's clocks, in nanoseconds.
package enum Clock {
  /// Time that only goes forward; for waiting.
  package static var monotonic: UInt64 { read(CLOCK_MONOTONIC) }

  /// Like `monotonic`, a few milliseconds behind at most, and cheap enough for every turn of a loop.
  package static var monotonicCoarse: UInt64 { read(CLOCK_MONOTONIC_COARSE) }

  /// Time since the Unix epoch; for time stamps. It may jump.
  package static var wall: UInt64 { read(CLOCK_REALTIME) }

  /// The monotonic time after a while from now; a while beyond all bounds ends at the last time there is.
  package static func monotonic(after duration: Duration) -> UInt64 {
    let (time, overflow) = monotonic.addingReportingOverflow(nanoseconds(duration))
    return overflow ? .max : time
  }

  /// A duration in whole nanoseconds: 0 for a negative one, the largest number for one that has no number.
  package static func nanoseconds(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
    return overflow || carry ? .max : sum
  }

  /// How far the local time of this machine was ahead of UTC at a wall time, in seconds.
  package static func localOffsetSeconds(at wall: UInt64) -> Int {
    var seconds = time_t(clamping: wall / 1_000_000_000)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return parts.tm_gmtoff
  }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
