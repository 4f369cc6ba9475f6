import BusSystem
import ProgramKit

/// Calls `process()` when it is due: on the beat, for new frames, at the time and for descriptors that wake the bus.
package struct ModuleRunner<M: Module & ~Copyable>: ~Copyable {
  package private(set) var module: M
  private let bus: Bus
  private var nextBeat: UInt64
  /// Frames that the last call of `process()` could have taken and did not.
  private var leftFrames = 0
  private let watchdogInterval = ServiceManager.watchdogInterval
  private var nextWatchdog: UInt64 = 0
  private var longTurns = LongTurns()

  package init(_ module: consuming M, bus: Bus) {
    self.module = module
    self.bus = bus
    nextBeat = bus.monotonicTime
  }

  private var beatNanoseconds: UInt64 { max(1_000_000, M.beat.inNanoseconds) }

  /// Waits until something is due and does it.
  package mutating func turn() {
    let now = bus.monotonicTime
    if now < nextBeat, !hasNews {
      bus.waitOnce(until: min(nextBeat, bus.wakeTime?.inNanoseconds ?? nextBeat))
    } else {
      bus.exchange()
    }
    let isBeat = bus.monotonicTime >= nextBeat
    if isBeat { planNextBeat() }
    let isDue = bus.endWakeTime()
    if isBeat || isDue || hasNews || bus.isAnyReady { process(isBeat: isBeat) }
    bus.forgetReady()
    bus.flush()
    beatWatchdog()
  }

  /// Whether frames wait that the module has not left lying before: those are for the next beat.
  private var hasNews: Bool { bus.frameCount > leftFrames }

  /// Stops the module. The descriptors that woke it are its own to close, so nothing waits for them any more.
  package mutating func stop() {
    bus.stopWaking()
    bus.beginTurn(isBeat: false, looks: Self.looksMax)
    module.stop()
    bus.endTurn()
    bus.flush()
  }

  /// Beats that a long turn has missed are left out, not made up for.
  private mutating func planNextBeat() {
    nextBeat += beatNanoseconds
    let now = bus.monotonicTime
    if nextBeat <= now { nextBeat = now + beatNanoseconds }
  }

  /// Goes on after an error with the rest of the inbox, as long as each call takes something out of it.
  private mutating func process(isBeat: Bool) {
    bus.beginTurn(isBeat: isBeat, looks: Self.looksMax)
    var before = 0
    defer { bus.endTurn() }
    defer { leftFrames = bus.frameCount >= before ? bus.frameCount : 0 }
    repeat {
      before = bus.frameCount
      let start = bus.monotonicTime
      defer { reportLongTurns(since: start) }
      do {
        try module.process()
        return
      } catch {
        report(error)
      }
      bus.endBeat()
    } while bus.frameCount > 0 && bus.frameCount < before
  }

  private mutating func report(_ error: any Error) {
    // That there is no manager is in the log already.
    if (error as? BusError)?.code == .notConnected { return }
    let name = bus.configuration.name
    if let cause = (error as? BusError)?.causeID {
      bus.log.once(.error, "process", cause: Causes.cause(of: cause), ["module": name, "error": "\(error)"])
    } else {
      bus.log.once(.error, "process", error: error, ["module": name])
    }
  }

  private mutating func reportLongTurns(since start: UInt64) {
    let now = bus.monotonicTime
    guard let report = longTurns.add(now - start, at: now) else { return }
    bus.log(
      .warning, "long_turn",
      [
        "module": bus.configuration.name, "turns": "\(report.count)",
        "longest_ms": "\(report.longestNanoseconds / 1_000_000)",
        "meaning": "process() did not return for this long: no frame was read and no PING answered meanwhile",
        "next": "wait with bus.wake(on:) or bus.wake(at:), or do it in parts",
      ])
  }

  /// An inbox holds 256 KiB, so this is a megabyte of frames.
  private static var looksMax: Int { 4 }

  private mutating func beatWatchdog() {
    guard let watchdogInterval, bus.monotonicTime >= nextWatchdog else { return }
    nextWatchdog = bus.monotonicTime + watchdogInterval
    ServiceManager.notify("WATCHDOG=1")
  }
}

/// Calls of `process()` that took too long, and when the log says so.
struct LongTurns {
  /// A turn is long from here on.
  static let turnNanoseconds: UInt64 = 1_000_000_000
  /// They are logged once in this time at most.
  static let logNanoseconds: UInt64 = 60_000_000_000

  /// What a line of the log says.
  struct Report: Equatable {
    /// Long turns since the line before.
    var count = 0
    var longestNanoseconds: UInt64 = 0
  }

  private var unlogged = Report()
  private var nextLog: UInt64 = 0

  /// - Returns: what the log has to say now; nil if the turn was none of the long ones or the last line was just before.
  mutating func add(_ nanoseconds: UInt64, at now: UInt64) -> Report? {
    guard nanoseconds > Self.turnNanoseconds else { return nil }
    unlogged.count += 1
    unlogged.longestNanoseconds = max(unlogged.longestNanoseconds, nanoseconds)
    guard now >= nextLog else { return nil }
    defer { unlogged = Report() }
    nextLog = now + Self.logNanoseconds
    return unlogged
  }
}
