import BlenderProtocol
import BusClient

/// The pumps of the Arduino dispenser, which serves them one after the other and cannot be stopped.
struct BoardPumps: ~Copyable {
  private static let baud = 9600

  private let bus: Bus
  private var line: SerialLine
  private var dispenser = Dispenser()
  private var input: [UInt8] = []
  /// Which pump is served, since when.
  private var served: (share: Dispenser.Share, since: Duration)?
  private var problem: String?

  /// - Parameter path: the board's serial port.
  /// - Throws: `SystemError` if it can be none.
  init(path: String, bus: Bus) throws(SystemError) {
    line = try SerialLine(path: path, baud: Self.baud)
    self.bus = bus
    problem = "\(path) is not open yet; try again in a moment"
    bus.wake(on: line.descriptor)
  }

  var deadline: Duration? { dispenser.deadline }

  /// The runs as the board does them, in whole seconds.
  ///
  /// - Throws: `BarRefusal` if it counts no further, or is not there.
  func check(_ runs: [PumpRun], at now: Duration) throws(BarRefusal) -> [PumpRun] {
    if let problem { throw BarRefusal(problem) }
    let rest = dispenser.remaining(at: now)
    guard rest == .zero else {
      throw BarRefusal("the dispenser may be pouring still, and cannot be stopped; retry in \(rest.secondsUp) sec")
    }
    var shares: [PumpRun] = []
    for run in runs {
      guard let seconds = Dispenser.seconds(for: run.time) else {
        throw BarRefusal(
          "pump \(run.pump) would run \(run.time.seconds) s, and the dispenser counts to 255 s; order less")
      }
      shares.append(PumpRun(pump: run.pump, time: .seconds(seconds)))
    }
    return shares
  }

  /// Begins runs that were checked.
  ///
  /// - Returns: how long they are expected to take; nil if nothing was begun.
  mutating func begin(_ runs: [PumpRun], at now: Duration) -> Duration? {
    let shares = runs.compactMap { run in
      Dispenser.seconds(for: run.time).map { Dispenser.Share(run.pump, seconds: $0) }
    }
    do throws(Dispenser.Refusal) {
      try dispenser.pour(shares, at: now)
      return dispenser.remaining(at: now)
    } catch {
      return nil
    }
  }

  /// Begins no further pump.
  ///
  /// - Returns: what a person should know: the board goes on with the one that it serves.
  mutating func cancel(at now: Duration) -> [PumpDriver.Report] {
    guard let rest = dispenser.cancel(at: now), rest > .zero else { return [] }
    return [
      .expectedEnd(now + dispenser.remaining(at: now)),
      .alarm("the dispenser cannot be stopped: it may pour \(rest.secondsUp) s more"),
    ]
  }

  mutating func process(at now: Duration) -> [PumpDriver.Report] {
    var reports: [PumpDriver.Report] = []
    handle(line.poll(now: now), at: now, &reports)
    let event = line.read(into: &input)
    dispenser.receive(input, at: now)
    input.removeAll(keepingCapacity: true)
    handle(event, at: now, &reports)
    dispenser.tick(at: now)
    while let action = dispenser.nextAction() {
      switch action {
      case .send(let bytes): _ = line.write(bytes)
      case .reopen:
        dispenser.close(at: now)
        line.reopen()
      case .event(let event): handle(event, at: now, &reports)
      }
    }
    return reports
  }

  private mutating func handle(_ event: SerialLine.Event?, at now: Duration, _ reports: inout [PumpDriver.Report]) {
    switch event {
    case nil: break
    case .opened:
      problem = nil
      dispenser.open(at: now)
      reports.append(.isReady(true, "the pumps are at the dispenser at \(line.path)"))
    case .lost(let error), .unavailable(let error):
      let reason = "the dispenser is not there: \(error)"
      dispenser.close(at: now)
      if problem != reason { reports.append(.isReady(false, reason)) }
      problem = reason
    }
  }

  private mutating func handle(_ event: Dispenser.Event, at now: Duration, _ reports: inout [PumpDriver.Report]) {
    switch event {
    case .serving(let share):
      served = (share, now)
      reports.append(.turned(share.pump, isOn: true, at: now))
      reports.append(.expectedEnd(now + dispenser.remaining(at: now)))
    case .served(let share):
      // The board says when all is over, its own pauses among it; the pump has run what it was asked for.
      let since = served?.since ?? now
      reports.append(.turned(share.pump, isOn: false, at: since + .seconds(share.seconds)))
      reports.append(.expectedEnd(now + dispenser.remaining(at: now)))
    case .finished(.done): break
    case .finished(.cancelled): reports.append(.failed("stopped", mayHavePoured: false))
    case .finished(.failed(let pump, let failure)):
      reports.append(.failed("pump \(pump): \(failure)", mayHavePoured: true))
    case .text(let text): bus.log(.info, "dispenser_says", ["text": text])
    case .level, .levelTime: break
    }
  }

  mutating func stop() {
    bus.stopWaking(on: line.descriptor)
    line.close()
  }
}

extension Dispenser.Failure: CustomStringConvertible {
  /// What happened, and what may happen still.
  public var description: String {
    switch self {
    case .silent(let rest):
      "the dispenser does not answer, also after its port was opened again; it may pour \(rest.secondsUp) s still"
    case .noEnd: "the dispenser did not say that it has ended; it may pour still"
    case .portLost(let rest): "the dispenser's plug was pulled; it may pour \(rest.secondsUp) s still"
    }
  }
}
