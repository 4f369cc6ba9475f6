import BlenderProtocol
import BusClient
import Frames

extension BlenderModule {
  /// Does what the frames ask for. One that is broken keeps the others from nothing.
  ///
  /// - Returns: what was wrong with the first of those.
  mutating func handleFrames(at now: Duration) -> (any Error)? {
    var failure: (any Error)?
    // Without a manager nothing is begun: its outcome might be one more than are kept.
    while bus.isConnected, bus.hasData {
      do {
        try handle(try bus.getData(), at: now)
      } catch {
        failure = failure ?? error
      }
    }
    return failure
  }

  private mutating func handle(_ frame: Frame, at now: Duration) throws {
    if frame.isRequest {
      answer(frame)
    } else if let cancel = try frame.decode(BlenderCancel.self) {
      if cancel.request == 0 || cancel.request == bar.request { self.cancel(as: .cancelled, "cancelled", at: now) }
    } else if let order = try desk.order(in: frame) {
      do throws(BarRefusal) {
        let wish = try BarOrder(order)
        desk.accept(order, wish.action, try check(wish, at: now))
      } catch {
        tally.refused += 1
        desk.refuse(order, because: error)
      }
    }
  }

  /// Decides about an order, whoever asks.
  ///
  /// - Returns: what the pumps have to do.
  /// - Throws: `BarRefusal`; nothing has changed then.
  mutating func check(_ order: BarOrder, at now: Duration) throws(BarRefusal) -> [PumpRun] {
    let runs = try memory.setup.runs(for: order)
    try bar.checkIsIdle(at: now)
    guard !isEnding else { throw BarRefusal("the blender is being stopped") }
    if let other = desk.waiting { throw BarRefusal("Already \(other.action.participle) ! Retry in 1 sec") }
    return try pumps.check(runs, at: now)
  }

  /// Begins what was accepted, now that it is written down.
  mutating func startAccepted() {
    guard let start = desk.start() else { return }
    // The disk may have taken a while.
    let now = bus.now
    let expected = pumps.begin(start.runs, at: now)
    bar.begin(start.action, request: start.request, start.runs, expected: expected ?? .zero, at: now)
    if expected == nil {
      bar.stop(as: .failed(mayHavePoured: false), "the pumps take no orders", arePumpsOff: true, at: now)
    }
  }

  /// Ends the order that runs early; nothing happens if none does.
  mutating func cancel(as result: BarResult, _ reason: String, at now: Duration) {
    guard bar.request != nil else { return }
    bar.stop(as: result, reason, at: now)
    for report in pumps.cancel(at: now) { handle(report, at: now) }
  }

  /// Shows how far the order is that runs, when that is due.
  mutating func showProgress(at now: Duration) {
    guard let request = bar.request, let status = bar.nextStatus(at: now) else { return }
    desk.report(BlenderProgress(request, status))
    screens?.broadcast(ScreenReply.status(status))
  }

  /// Ends the order that runs if its pumps are done, and says so everywhere.
  mutating func endOrder() {
    guard let ending = bar.end() else { return }
    tally.enter(ending.result)
    let outcome = BlenderOutcome(ending)
    screens?.broadcast(ScreenReply.status(ending.status))
    screens?.broadcast(ScreenReply.outcome(ending.status.action, "\(outcome.outcome)", ending.text))
    if case .failed = ending.result {
      bus.log(.warning, "order_failed", ["request": "\(ending.request)", "reason": ending.text])
      if let screen = desk.screen { screens?.send(ScreenReply.error(ending.text), to: screen) }
    }
    desk.end(outcome)
  }

  /// What the pumps have done.
  mutating func handle(_ report: PumpDriver.Report, at now: Duration) {
    switch report {
    case .isReady(let isReady, let text):
      tally.set(isReady: isReady, text)
      bus.log(isReady ? .info : .warning, isReady ? "pumps_ready" : "no_pumps", ["reason": text])
      screens?.broadcast(configurationReply)
    case .turned(let pump, let isOn, let time): bar.enter(pump, isOn: isOn, at: time)
    case .expectedEnd(let end): bar.expectEnd(at: end)
    case .failed(let reason, let mayHavePoured):
      bar.stop(as: .failed(mayHavePoured: mayHavePoured), reason, arePumpsOff: true, at: now)
    case .alarm(let text):
      bus.log(.warning, "pumps", ["reason": text])
      bar.enter(alarm: text)
      screens?.broadcast(ScreenReply.notice(text))
    }
  }
}
