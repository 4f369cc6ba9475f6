import BlenderProtocol
import BusClient

/// How the bar is set up: what a person wrote in the configuration, and on top of it what was set from screens, which is
/// kept in the state folder.
struct BarMemory {
  private let path: String?
  private let file: StateFile
  private(set) var configuration: BarConfiguration
  /// What was set from screens, the latest of each kind.
  private var changes: [SetupChange] = []
  private(set) var setup: BarSetup
  /// Whether there is something to write: that waits until no pump runs, because a slow disk holds everything up.
  private var isDirty = false

  /// - Parameter path: the configuration; nil for the usual bar.
  /// - Throws: `UsageError` if it is wrong, `BusError` if another process has the state.
  init(_ path: String?, bus: Bus) throws {
    self.path = path
    configuration = try path.map { path throws(UsageError) in try BarConfiguration(file: path) } ?? BarConfiguration()
    setup = configuration.setup
    file = try StateFile("setup.jsonl", of: bus)
    for line in String(decoding: file.contents(), as: UTF8.self).split(separator: "\n") {
      do throws(BarRefusal) {
        guard case .set(let change) = try ScreenMessage(String(line)) else { throw BarRefusal("it sets nothing") }
        try apply(change)
      } catch {
        bus.log(.warning, "setup_line_ignored", ["line": String(line.prefix(80)), "reason": "\(error)"])
      }
    }
    isDirty = false
  }

  /// Why what is set now will be forgotten; nil if it is written down.
  var problem: String? { file.problem }

  /// Changes the setup. It counts at once, and is written down by the next `save`.
  ///
  /// - Throws: `BarRefusal` if the value makes no sense; nothing has changed then.
  mutating func apply(_ change: SetupChange) throws(BarRefusal) {
    try setup.apply(change)
    // What came from a pump is remembered as what follows from that.
    var kept = change
    if case .poured(let pump, _, _) = change { kept = .speedRatio(pump: pump, setup.pumps[pump].speedRatio) }
    changes.removeAll { $0.key == kept.key }
    changes.append(kept)
    isDirty = true
  }

  /// Writes down what was set since the last call.
  mutating func save() {
    guard isDirty else { return }
    isDirty = false
    file.replace(with: Array(changes.map { $0.message + "\n" }.joined().utf8))
  }

  /// Reads the configuration again; what was set from screens stays on top of it. Limits stay as they were at the
  /// start: a screen can ask for this, and the guard of the pumps has them.
  ///
  /// - Throws: `UsageError` if it is wrong now; nothing has changed then.
  mutating func reload() throws(UsageError) {
    guard let path else { return }
    let limits = setup
    configuration = try BarConfiguration(file: path)
    setup = configuration.setup
    (setup.pumpTimeMax, setup.drinkLitresMax) = (limits.pumpTimeMax, limits.drinkLitresMax)
    for change in changes { try? setup.apply(change) }
  }
}

extension SetupChange {
  /// The same for changes of which the later one counts alone.
  fileprivate var key: String {
    switch self {
    case .isEnabled(let pump, _): "enabled \(pump)"
    case .refillTime(let pump, _): "refill \(pump)"
    case .speedRatio(let pump, _), .poured(let pump, _, _): "speed \(pump)"
    case .secondsPerLitre: "rate"
    }
  }
}
