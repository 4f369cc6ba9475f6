import BusClient
import CandyDispenserProtocol
import Frames

extension CandyDispenserModule {
  /// Does what the frames ask for. One that is broken keeps neither the others nor the dispenser waiting.
  ///
  /// - Returns: what was wrong with the first of those.
  mutating func handleFrames(at now: UInt64) -> (any Error)? {
    var failure: (any Error)?
    while bus.hasData {
      do {
        try handle(try bus.getData(), at: now)
      } catch {
        failure = failure ?? error
      }
    }
    return failure
  }

  /// Does what a frame asks for, or tells why not.
  private mutating func handle(_ frame: Frame, at now: UInt64) throws {
    if frame.isRequest {
      told = nil
    } else if let dispense = try frame.decode(CandyDispense.self) {
      try answer(.dispense, dispense.request) { (module) throws(CandyRefusal) in
        try module.host.dispense(request: dispense.request, count: dispense.count, at: now)
        module.tally.accept(dispense.request, count: dispense.count)
      }
    } else if let reset = try frame.decode(CandyReset.self) {
      try answer(.reset, reset.request) { (module) throws(CandyRefusal) in try module.host.reset(at: now) }
    } else if let disconnect = try frame.decode(CandyDisconnect.self) {
      try answer(.disconnect, disconnect.request) { (module) throws(CandyRefusal) in try module.host.disconnect(at: now)
      }
    } else if let connect = try frame.decode(CandyConnect.self) {
      try answer(.connect, connect.request) { (module) throws(CandyRefusal) in try module.host.connect(at: now) }
    } else if let simulate = try frame.decode(CandySimulate.self) {
      try simulation?.apply(simulate, at: now)
    }
  }

  private mutating func answer(
    _ command: CandyCommand, _ request: UInt32, _ body: (inout Self) throws(CandyRefusal) -> Void
  ) throws {
    do throws(CandyRefusal) {
      try body(&self)
    } catch {
      let refused = CandyRefused(request: request, command: command, reason: error.reason, text: "\(error)")
      return try backlog.send(refused, on: bus)
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
