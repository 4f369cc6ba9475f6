/// The guard of the pumps' lines: what it does with orders and with the time. It runs in a process of its own, because a
/// kernel leaves lines as they are when the process that holds them is killed.
///
/// Each pump goes off at its own time, and never later than its limit after it went on. All go off at the end of the orders,
/// at a signal, at an error, and when the module gave no sign of life for a while. What changes at one moment is
/// set at once. No line and no clock.
public struct LineGuard: Sendable {
  /// What the owner of the guard has to do, in this order.
  public enum Action: Equatable, Sendable {
    /// These pumps are on now, all others off.
    case set(PumpSet)
    case report(GuardReport)
    /// The process ends.
    case end(isFailure: Bool)
  }

  private struct Run {
    let since: Duration
    var until: Duration
    /// Whether the limit ends it, and not what was ordered.
    var isCut = false
  }

  /// How long a pump may run unless a configuration says otherwise.
  public static let defaultLimit = Duration.seconds(120)
  /// How long pumps run without a sign of life of the module.
  public static let patience = Duration.milliseconds(500)

  private let limits: [Duration]
  private var runs = [Run?](repeating: nil, count: Pump.count)
  private var lines = PumpSet()
  private var lastSign = Duration.zero
  private var reader = RecordReader(byteCount: GuardOrder.byteCount)
  private var actions: [Action] = []
  private var reports: [GuardReport] = []
  private var hasEnded = false

  /// A guard of lines that are all off.
  ///
  /// - Parameters:
  ///   - limits: how long each pump may run.
  ///   - lines: which lines they are, for the report.
  public init(limits: [Duration] = [], lines: String) {
    self.limits = Pump.allCases.map { $0.index < limits.count ? limits[$0.index] : Self.defaultLimit }
    actions = [.set([]), .report(.ready(lines))]
  }

  /// When `tick` is due; nil while all pumps are off.
  public var nextDeadline: Duration? {
    guard let end = runs.compactMap(\.?.until).min() else { return nil }
    return min(end, lastSign + Self.patience)
  }

  /// The next thing to do; nil if there is none.
  public mutating func nextAction() -> Action? { actions.isEmpty ? nil : actions.removeFirst() }

  /// Takes orders as they come from the pipe, in pieces of any size.
  public mutating func receive(_ bytes: some Sequence<UInt8>, at now: Duration) {
    // First what was due: orders may have waited while this process did not run.
    endRuns(at: now)
    for record in reader.records(in: bytes) where !hasEnded {
      guard let order = GuardOrder(record) else {
        fail("an order means nothing: \(Array(record))", at: now)
        return
      }
      lastSign = now
      carryOut(order, at: now)
    }
    settle(at: now)
  }

  /// Does what is due.
  public mutating func tick(at now: Duration) {
    endRuns(at: now)
    settle(at: now)
  }

  /// Nothing more will be ordered: the module is gone, or asks the guard to go; or a signal does.
  public mutating func end(at now: Duration) { end(isFailure: false, at: now) }

  /// The lines could not be set, or the module does not take reports any more.
  public mutating func fail(_ reason: String, at now: Duration) {
    reports.append(.failed("\(reason); all pumps off"))
    end(isFailure: true, at: now)
  }

  private mutating func end(isFailure: Bool, at now: Duration) {
    guard !hasEnded else { return }
    hasEnded = true
    runs = runs.map { _ in nil }
    settle(at: now, always: true)
    actions.append(.end(isFailure: isFailure))
  }

  private mutating func carryOut(_ order: GuardOrder, at now: Duration) {
    switch order {
    case .on(let pump, let until): switchOn(pump, until: until, at: now)
    case .off(let pump): runs[pump.index] = nil
    case .allOff: runs = runs.map { _ in nil }
    case .beat: reports.append(.alive)
    }
  }

  private mutating func switchOn(_ pump: Pump, until: Duration, at now: Duration) {
    guard until > now else {
      // It may be on with another end.
      runs[pump.index] = nil
      reports.append(.alarm("pump \(pump) was not switched on: the order came when its time was over"))
      if !lines.contains(pump) { reports.append(.turned(pump, isOn: false, at: now)) }
      return
    }
    let since = runs[pump.index]?.since ?? now
    let limit = since + limits[pump.index]
    runs[pump.index] = Run(since: since, until: min(until, limit), isCut: until > limit)
  }

  private mutating func endRuns(at now: Duration) {
    for pump in Pump.allCases {
      guard let run = runs[pump.index], now >= run.until else { continue }
      runs[pump.index] = nil
      if run.isCut { reports.append(.alarm("pump \(pump) has run for its limit of \(limits[pump.index]); off")) }
    }
    if runs.contains(where: { $0 != nil }), now >= lastSign + Self.patience {
      runs = runs.map { _ in nil }
      reports.append(.alarm("no sign of life of the module for 0.5 s; all pumps off"))
    }
  }

  /// Makes one setting of all that has changed, and reports it.
  private mutating func settle(at now: Duration, always: Bool = false) {
    let wanted = Pump.allCases.reduce(into: PumpSet()) { if runs[$1.index] != nil { $0.insert(PumpSet($1)) } }
    if wanted != lines || always { actions.append(.set(wanted)) }
    for pump in wanted.symmetricDifference(lines).pumps {
      actions.append(.report(.turned(pump, isOn: wanted.contains(pump), at: now)))
    }
    lines = wanted
    actions += reports.map(Action.report)
    reports = []
  }
}
