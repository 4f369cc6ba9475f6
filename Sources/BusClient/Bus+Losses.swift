import BusWire
import ProgramKit

extension Bus {
  /// Losses are logged once in this time at most, in nanoseconds.
  private static let lossLogNanoseconds: UInt64 = 1_000_000_000

  /// Counts what the manager dropped.
  func recordLoss(_ lost: Lost) {
    guard lost.reason != .notKept else { return logNotKept(lost) }
    // A misbehaving manager must not crash its modules.
    lostFrames &+= lost.count
    unloggedLosses &+= lost.count
    lastLoss = lost
    logLosses()
  }

  /// Says in the log, once per connection and type, that the manager has no room for what this module asks it to keep.
  private func logNotKept(_ lost: Lost) {
    guard reported.insert("not kept \(lost.type)") else { return }
    log(
      .warning, "not_kept",
      [
        "module": configuration.name, "frame": declarations.title(of: lost.type),
        "meaning": "the manager's memory is full; who listens later does not get the oldest frames",
        "next": "keep less, or raise the manager's --max-retained",
      ])
  }

  /// Says in the log what was lost since the last line.
  func logLosses() {
    guard unloggedLosses > 0, let lastLoss, link.monotonicTime >= nextLossLog else { return }
    log(
      .warning, "lost_frames",
      [
        "module": configuration.name, "frames": "\(unloggedLosses)", "total": "\(lostFrames)",
        "last": "\(lastLoss.type)", "from": "module \(lastLoss.source)", "reason": "\(lastLoss.reason)",
        "next": "read faster, or send less",
      ])
    unloggedLosses = 0
    nextLossLog = link.monotonicTime + Self.lossLogNanoseconds
  }

  /// Remembers whose frames of a type cannot be decoded, and says so in the log.
  func recordMismatch(_ mismatch: Mismatch) {
    mismatches.add(mismatch)
    log(
      .warning, "mismatch",
      [
        "module": configuration.name, "frame": mismatch.name, "other": mismatch.moduleName,
        "difference": mismatch.difference, "next": "build both from the same frames.yaml",
      ])
  }
}
