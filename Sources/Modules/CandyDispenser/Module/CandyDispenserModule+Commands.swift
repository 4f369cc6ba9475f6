import BusClient
import CandyDispenserProtocol
import Frames

extension CandyDispenserModule {
  /// Does what the frames ask for. One that is broken keeps neither the others nor the dispenser waiting.
  ///
  /// - Returns: what was wrong with the first of those.
  mutating func handleFrames(at now: UInt64) -> (any Error)? {
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

  /// Does what a frame asks for, or says why not.
  private mutating func handle(_ frame: Frame, at now: UInt64) throws {
    if frame.isRequest {
      publisher.sendAgain()
    } else if frame.type == .candyDispense {
      try decide(frame)
    } else if let cancel = try frame.decode(CandyCancel.self) {
      book.cancel(cancel.request)
      host.cancel(request: cancel.request)
    } else if let reset = try frame.decode(CandyReset.self) {
      try answer(.reset, reset.request) { (module) throws(CandyRefusal) in try module.host.reset(at: now) }
    } else if let disconnect = try frame.decode(CandyDisconnect.self) {
      try answer(.disconnect, disconnect.request) { (module) throws(CandyRefusal) in try module.host.disconnect(at: now)
      }
    } else if let connect = try frame.decode(CandyConnect.self) {
      try answer(.connect, connect.request) { (module) throws(CandyRefusal) in try module.host.connect(at: now) }
    } else if let simulate = try frame.decode(CandySimulate.self) {
      try simulation?.apply(simulate, at: bus.now)
    }
  }

  private mutating func decide(_ frame: Frame) throws {
    guard let dispense = try jobs.command(in: frame) else { return }
    do throws(CandyRefusal) {
      try host.checkDispense(request: dispense.request, count: dispense.count)
      jobs.accept(dispense)
    } catch {
      jobs.refuse(dispense, CandyOutcome(dispense.request, refusedBecause: error))
    }
  }

  /// Starts what was accepted, now that it is written down.
  mutating func startJobs(at now: UInt64) {
    for dispense in jobs.commit() {
      do throws(CandyRefusal) {
        try host.dispense(request: dispense.request, count: dispense.count, at: now)
        tally.accept(dispense.request, count: dispense.count)
        book.open(dispense.request, count: dispense.count)
      } catch {
        // Two that came in one turn may be too many together.
        jobs.end(CandyOutcome(dispense.request, refusedBecause: error))
      }
    }
  }

  private mutating func answer(
    _ command: CandyCommand, _ request: UInt32, _ body: (inout Self) throws(CandyRefusal) -> Void
  ) throws {
    do throws(CandyRefusal) {
      try body(&self)
    } catch {
      let refused = CandyRefused(request: request, command: command, reason: error.reason, text: "\(error)")
      return try bus.send(refused)
    }
    if command == .reset { reset = request }
  }
}

extension CandyRefusal {
  /// What a frame says for it.
  var reason: CandyRefusalReason {
    switch self {
    case .notConnected: .notConnected
    case .nothingAsked: .invalid
    case .queueFull: .queueFull
    case .requestPending: .requestPending
    case .resetPending: .resetPending
    case .notDisconnected: .notDisconnected
    }
  }
}
