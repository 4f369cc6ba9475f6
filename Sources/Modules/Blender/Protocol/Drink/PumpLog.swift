/// What the pumps of one order have done: which run, how long each ran, and whether all are done.
public struct PumpLog: Equatable, Sendable {
  /// How much sooner a pump may be off than it should, with its guard's and its module's clock the same.
  private static let tolerance = Duration.milliseconds(50)

  private struct Pour: Equatable, Sendable {
    let planned: Duration
    var since: Duration?
    var ran = Duration.zero
    var isDone = false
  }

  private var pours: [Pump: Pour] = [:]

  /// - Parameter runs: what was ordered.
  public init(_ runs: [PumpRun] = []) {
    for run in runs { pours[run.pump] = Pour(planned: run.time) }
  }

  /// The pumps that run.
  public var running: PumpSet {
    pours.reduce(into: PumpSet()) { if $1.value.since != nil { $0.insert(PumpSet($1.key)) } }
  }

  /// Whether each pump was on and is off again, or will not go on any more.
  public var isOver: Bool { pours.values.allSatisfy(\.isDone) }

  /// How long each pump ran that did.
  public var runs: [PumpRun] {
    pours.sorted { $0.key < $1.key }.compactMap { $1.ran > .zero ? PumpRun(pump: $0, time: $1.ran) : nil }
  }

  /// The pumps that ran less than was ordered, in words; nil if there is none.
  public var shortfall: String? {
    let short = pours.filter { $0.value.ran < $0.value.planned - Self.tolerance }.sorted { $0.key < $1.key }
    guard !short.isEmpty else { return nil }
    return short.map { "pump \($0) ran \(Self.text($1.ran)) of \(Self.text($1.planned)) s" }.joined(separator: ", ")
  }

  /// Enters that a pump was switched.
  ///
  /// - Parameter time: when that was.
  public mutating func enter(_ pump: Pump, isOn: Bool, at time: Duration) {
    guard var pour = pours[pump] else { return }
    if let since = pour.since {
      guard !isOn else { return }
      pour.ran += time - since
      pour.since = nil
      pour.isDone = true
    } else if isOn {
      pour.since = time
    } else {
      pour.isDone = true
    }
    pours[pump] = pour
  }

  /// Enters that all pumps are off, whatever they had done, because their guard is gone.
  public mutating func enterAllOff(at time: Duration) {
    for pump in pours.keys { enter(pump, isOn: false, at: time) }
  }

  /// Seconds with one decimal.
  private static func text(_ time: Duration) -> String {
    let tenths = Int64((time / .milliseconds(100)).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
