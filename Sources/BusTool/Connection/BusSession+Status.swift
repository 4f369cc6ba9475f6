import BusClient
import BusSystem

extension BusSession {
  /// The manager's counters now. Frames that arrive meanwhile are kept.
  func status() throws(ToolError) -> BusStatus {
    counters = nil
    try run { () throws(BusError) in
      try bus.request(.busStatus)
      try bus.barrier(timeout: .milliseconds(Self.answerMilliseconds), takeFrames: drain)
    }
    drain()
    guard let counters else { throw ToolError("the manager did not answer with its counters") }
    return counters
  }

  /// What happens on the bus during a while.
  ///
  /// - Parameter milliseconds: how long; nil looks once, without rates.
  func observe(milliseconds: Int?) throws(ToolError) -> StatusWindow {
    guard let milliseconds else { return StatusWindow(try status()) }
    let before = try status()
    let deadline = Clock.monotonic + UInt64(milliseconds) * 1_000_000
    while Clock.monotonic < deadline {
      _ = bus.waitForData(timeout: .nanoseconds(deadline - min(deadline, Clock.monotonic)))
      drain()
      guard bus.isConnected else { throw ToolError(bus.lastFailure?.message ?? "the connection is gone") }
    }
    return StatusWindow(try status(), since: before)
  }
}
