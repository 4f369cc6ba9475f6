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
    module.stop()
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

  /// An inbox holds 256 KiB, so this is a megabyte of frames.
  private static var looksMax: Int { 4 }

  private mutating func beatWatchdog() {
    guard let watchdogInterval, bus.monotonicTime >= nextWatchdog else { return }
    nextWatchdog = bus.monotonicTime + watchdogInterval
    ServiceManager.notify("WATCHDOG=1")
  }
}
