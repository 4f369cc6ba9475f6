import BusClient
import EvominBridgeProtocol
import Frames

extension EvominBridgeModule {
  /// Sends what waits for the manager, and the status if it has changed.
  ///
  /// What only counts is told once a second: a busy line would fill the bus with it.
  mutating func tell(at now: UInt64) throws {
    try backlog.flush(on: bus)
    let status = self.status
    // A manager that takes no events takes no status either, and to ask it costs a second.
    guard status != told, bus.isConnected, backlog.count == 0 else { return }
    if let told, told.open == status.open, told.reason == status.reason, now < nextTold { return }
    try bus.send(status)
    told = status
    nextTold = now + 1_000_000_000
  }

  var status: EvominStatus {
    let counters = line.counters
    return EvominStatus(
      open: line.isOpen, queueLength: UInt16(clamping: line.waitingFrames),
      sent: counters.transmissions - counters.retries, retries: counters.retries,
      acknowledged: counters.acknowledged, givenUp: counters.givenUp, refused: tally.refused,
      received: counters.line.frames + tally.replies, duplicates: counters.duplicates, unfit: tally.unfit,
      checksumErrors: counters.line.checksumErrors, timeouts: counters.line.timeouts,
      skipped: counters.line.bytesSkipped, strayAnswers: counters.strayAnswers, lost: bus.lostFrames,
      dropped: backlog.droppedFrames, reason: reason)
  }

  /// Why the port is as it is, and what is wrong with a port that is open.
  private var reason: String {
    guard line.isOpen, let late = line.counters.longestLateAnswer else { return tally.reason }
    return "\(tally.reason); \(Self.advice(late: late))"
  }

  static func advice(late nanoseconds: UInt64) -> String {
    "the device took \(nanoseconds / 1_000_000) ms to acknowledge, longer than --retry waits: give a longer --retry"
  }
}
