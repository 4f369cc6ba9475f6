import BusClient
import EvominBridgeProtocol
import Frames

extension EvominBridgeModule {
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
