import BusClient
import BusSystem

extension BusSession {
  /// How long it takes at most until something new on the bus is seen, in milliseconds.
  private static let pauseMilliseconds: UInt64 = 250

  /// Looks for something on the bus, again and again if this session waits for what is not there yet.
  ///
  /// - Parameter find: throws an error that is `mayPass` if waiting may help.
  func find<Found>(
    _ console: Console, _ find: () throws(ToolError) -> Found
  ) throws(ToolError) -> Found {
    var hasReported = false
    while true {
      do throws(ToolError) {
        return try find()
      } catch  where waits && error.mayPass {
        if !hasReported { console.report("\(error.message); waiting for it") }
        hasReported = true
        try pause(console)
      }
    }
  }

  private func pause(_ console: Console) throws(ToolError) {
    try interruptible(console)
    let deadline = Clock.monotonic + Self.pauseMilliseconds * 1_000_000
    while true {
      switch try next(until: deadline) {
      case .interrupted: throw ToolError("interrupted before it was there")
      case .silence: return bus.isConnected ? try refresh() : ()
      case .frame, .lost, .connected, .disconnected: break
      }
    }
  }

  /// What to listen for, for the frames that a person named, once they are known.
  func subscriptions(
    _ frames: [String], instance: UInt8?, _ console: Console
  ) throws(ToolError) -> [Subscription] {
    try find(console) { () throws(ToolError) -> [Subscription] in
      try view.subscriptions(frames, instance: instance)
    }
  }
}
