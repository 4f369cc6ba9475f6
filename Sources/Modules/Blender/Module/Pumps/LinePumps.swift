import BlenderProtocol
import BusClient

/// Pumps at lines, which run together.
struct LinePumps: ~Copyable {
  private var pumpGuard: PumpGuard
  private let lines: PumpLines
  /// Shows simulated ones.
  private var display: PumpDisplay?
  private var problem: String? = "the pumps are not ready yet; try again in a moment"

  init(_ lines: PumpLines, _ setup: BarSetup, isShown: Bool, bus: Bus) {
    self.lines = lines
    display = isShown ? PumpDisplay() : nil
    let limits = [Duration](repeating: setup.pumpTimeMax, count: Pump.count)
    pumpGuard = PumpGuard(lines, limits: limits, bus: bus)
  }

  var deadline: Duration? { [pumpGuard.deadline, display?.deadline].compactMap(\.self).min() }

  func check(_ runs: [PumpRun]) throws(BarRefusal) -> [PumpRun] {
    if let problem { throw BarRefusal(problem) }
    guard pumpGuard.isReady else { throw BarRefusal("the guard of the pumps is being started; try again in a moment") }
    return runs
  }

  mutating func begin(_ runs: [PumpRun], at now: Duration) -> Duration? {
    let isOrdered = pumpGuard.switchOn(runs.map { (pump: $0.pump, until: now + $0.time) }, at: now)
    return isOrdered ? runs.map(\.time).max() : nil
  }

  mutating func cancel(at now: Duration) { pumpGuard.allOff(at: now) }

  mutating func process(at now: Duration) -> [PumpDriver.Report] {
    var reports: [PumpDriver.Report] = []
    for report in pumpGuard.process(at: now) {
      switch report {
      case .ready:
        problem = nil
        reports.append(.isReady(true, "the pumps are at \(lines)"))
      case .turned(let pump, let isOn, let time):
        display?.turned(pump, isOn: isOn, at: time)
        reports.append(.turned(pump, isOn: isOn, at: time))
      case .alarm(let text): reports.append(.alarm(text))
      case .unavailable(let reason):
        problem = reason
        reports.append(.isReady(false, reason))
      case .lost(let reason, let pumps, let areOff):
        let text = areOff ? reason : "\(reason), and the pumps could not be switched off: pull their plug"
        problem = areOff ? nil : text
        for pump in pumps.pumps { display?.turned(pump, isOn: false, at: now) }
        if !pumps.isEmpty || !areOff { reports.append(.failed(text, mayHavePoured: !areOff)) }
        reports.append(.isReady(false, text))
      }
    }
    display?.draw(at: now)
    return reports
  }

  mutating func stop() {
    pumpGuard.stop()
    display?.end()
  }
}
