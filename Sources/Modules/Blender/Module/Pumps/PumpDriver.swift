import BlenderProtocol
import BusClient

/// What makes the pumps run: lines that a guard process holds, or a board that has its own.
enum PumpDriver: ~Copyable {
  case lines(LinePumps)
  case board(BoardPumps)

  /// What the module learns of its pumps, whatever they are.
  enum Report: Equatable {
    /// The pumps can be used, or not any more, and why.
    case isReady(Bool, String)
    /// A pump was switched, at this time.
    case turned(Pump, isOn: Bool, at: Duration)
    /// When the order is expected to be over.
    case expectedEnd(Duration)
    /// The order that runs has ended early. No further pump is switched on.
    case failed(String, mayHavePoured: Bool)
    /// Something that a person should know.
    case alarm(String)
  }

  /// The pumps that the command line and the configuration say; the first `process` opens them.
  ///
  /// - Throws: `UsageError` if simulated ones have no place, `SystemError` if the board's port can be none.
  init(_ options: BlenderOptions, _ configuration: BarConfiguration, bus: Bus) throws {
    if let path = options.arduino {
      self = .board(try BoardPumps(path: path, bus: bus))
    } else {
      let lines = try options.lines(configuration, bus: bus)
      self = .lines(LinePumps(lines, configuration.setup, isShown: options.isSimulated, bus: bus))
    }
  }

  /// When `process` is due; nil if only the pumps can have news.
  var deadline: Duration? {
    switch self {
    case .lines(let pumps): pumps.deadline
    case .board(let pumps): pumps.deadline
    }
  }

  /// The runs as these pumps can do them.
  ///
  /// - Throws: `BarRefusal` that says why they cannot.
  func check(_ runs: [PumpRun], at now: Duration) throws(BarRefusal) -> [PumpRun] {
    switch self {
    case .lines(let pumps): try pumps.check(runs)
    case .board(let pumps): try pumps.check(runs, at: now)
    }
  }

  /// Begins runs that were checked.
  ///
  /// - Returns: how long they are expected to take; nil if nothing was begun.
  mutating func begin(_ runs: [PumpRun], at now: Duration) -> Duration? {
    switch consume self {
    case .lines(var pumps):
      let expected = pumps.begin(runs, at: now)
      self = .lines(pumps)
      return expected
    case .board(var pumps):
      let expected = pumps.begin(runs, at: now)
      self = .board(pumps)
      return expected
    }
  }

  /// Ends what runs, as far as the pumps can be stopped.
  mutating func cancel(at now: Duration) -> [Report] {
    switch consume self {
    case .lines(var pumps):
      pumps.cancel(at: now)
      self = .lines(pumps)
      return []
    case .board(var pumps):
      let reports = pumps.cancel(at: now)
      self = .board(pumps)
      return reports
    }
  }

  /// Does what is due.
  ///
  /// - Returns: what has happened since the last call.
  mutating func process(at now: Duration) -> [Report] {
    switch consume self {
    case .lines(var pumps):
      let reports = pumps.process(at: now)
      self = .lines(pumps)
      return reports
    case .board(var pumps):
      let reports = pumps.process(at: now)
      self = .board(pumps)
      return reports
    }
  }

  /// Ends them; those at lines are all off then.
  mutating func stop() {
    switch consume self {
    case .lines(var pumps):
      pumps.stop()
      self = .lines(pumps)
    case .board(var pumps):
      pumps.stop()
      self = .board(pumps)
    }
  }
}
