/// The module's side of the guard: what it orders, whether the guard answers, and which pumps may be on. No pipe and no
/// clock.
public struct GuardWatch: Sendable {
  /// How often the module says that it lives, while a pump may be on.
  public static let beatPeriod = Duration.milliseconds(100)
  /// How long the guard may leave that unanswered, and a pump on beyond its time.
  public static let patience = Duration.milliseconds(300)

  /// The pumps that may be on: those that were ordered on and are not reported off.
  public private(set) var mayBeOn = PumpSet()
  /// What to send.
  private var orders: [GuardOrder] = []
  private var ends = [Duration](repeating: .zero, count: Pump.count)
  private var nextBeat = Duration.zero
  /// When the oldest beat was sent that has no answer.
  private var unansweredSince: Duration?
  private var reader = RecordReader(byteCount: GuardReport.byteCount)

  /// A watch of a guard that has just begun.
  public init() {}

  /// When `tick` is due; nil while all pumps are off.
  public var deadline: Duration? {
    guard !mayBeOn.isEmpty else { return nil }
    return min(nextBeat, unansweredSince.map { $0 + Self.patience } ?? nextBeat)
  }

  /// Has a pump switched on, or its end moved.
  public mutating func switchOn(_ pump: Pump, until: Duration, at now: Duration) {
    if mayBeOn.isEmpty { nextBeat = now }
    mayBeOn.insert(PumpSet(pump))
    ends[pump.index] = until
    orders.append(.on(pump, until: until))
  }

  /// Has a pump switched off.
  public mutating func switchOff(_ pump: Pump, at now: Duration) {
    orders.append(.off(pump))
    ends[pump.index] = min(ends[pump.index], now)
  }

  /// Has all pumps switched off.
  public mutating func allOff(at now: Duration) {
    orders.append(.allOff)
    for pump in Pump.allCases { ends[pump.index] = min(ends[pump.index], now) }
  }

  /// Takes reports as they come from the pipe, in pieces of any size.
  ///
  /// - Returns: what is whole by now, without answers to beats; nil if it means nothing, so the guard is to be killed.
  public mutating func receive(_ bytes: some Sequence<UInt8>) -> [GuardReport]? {
    var reports: [GuardReport] = []
    for record in reader.records(in: bytes) {
      guard let report = GuardReport(record) else { return nil }
      switch report {
      case .alive: unansweredSince = nil
      case .turned(let pump, let isOn, _):
        if isOn { mayBeOn.insert(PumpSet(pump)) } else { mayBeOn.remove(PumpSet(pump)) }
        reports.append(report)
      default: reports.append(report)
      }
    }
    return reports
  }

  /// Does what is due. What has come is to be received before.
  ///
  /// - Returns: why the guard must be killed; nil if it need not.
  public mutating func tick(at now: Duration) -> String? {
    guard !mayBeOn.isEmpty else {
      unansweredSince = nil
      return nil
    }
    if let since = unansweredSince, now >= since + Self.patience {
      return "the guard of the pumps does not answer"
    }
    if let pump = mayBeOn.pumps.first(where: { now >= ends[$0.index] + Self.patience }) {
      return "the guard of the pumps has left pump \(pump) on beyond its time"
    }
    if now >= nextBeat {
      nextBeat = now + Self.beatPeriod
      unansweredSince = unansweredSince ?? now
      orders.append(.beat)
    }
    return nil
  }

  /// The orders that wait to be sent, as bytes; they are not given twice.
  public mutating func ordersToSend() -> [UInt8] {
    defer { orders = [] }
    return orders.flatMap(\.bytes)
  }
}
