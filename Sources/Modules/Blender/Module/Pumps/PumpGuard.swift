import BlenderProtocol
import BusClient

/// The guard process of the pumps' lines, as the module has it: started, watched, and started again.
///
///     guard = PumpGuard(lines, limits: limits, bus: bus)
///     // on every call of process():
///     for report in guard.process(at: bus.now) { … }
///     bus.wake(at: guard.deadline)
///
/// Nothing here waits for the guard, but for one second at most after its end.
struct PumpGuard: ~Copyable {
  /// What a module learns of its pumps.
  enum Report: Equatable {
    /// The guard holds the lines, and all pumps are off.
    case ready
    /// A pump was switched, at this time.
    case turned(Pump, isOn: Bool, at: Duration)
    /// The guard did something of its own accord.
    case alarm(String)
    /// The lines cannot be had; it is tried again, and said again when the reason is another one.
    case unavailable(String)
    /// The guard has ended, or was killed because it did not answer. The pumps that might have been on are off, unless
    /// `areOff` says that even that failed.
    case lost(String, PumpSet, areOff: Bool)
  }

  private enum State {
    case down(until: Duration)
    case starting(ChildProcess, until: Duration)
    case ready(ChildProcess, since: Duration)

    var child: ChildProcess? {
      switch self {
      case .down: nil
      case .starting(let child, _), .ready(let child, _): child
      }
    }
  }

  private static let startPatience = Duration.seconds(10)
  private static let endPatience = Duration.seconds(1)
  private static let delays = Duration.milliseconds(100)...Duration.seconds(2)

  private let lines: PumpLines
  private let limits: [Duration]
  private let bus: Bus
  private let program: String
  private var state = State.down(until: .zero)
  private var watch = GuardWatch()
  private var delay = delays.lowerBound
  private var lastFailure = ""
  private var input: [UInt8] = []
  private var waiting: [Report] = []

  /// A guard that the first `process` starts.
  ///
  /// - Parameters:
  ///   - lines: what it is to hold.
  ///   - limits: how long each pump may run, in the guard's eyes; 120 s for those that have none.
  ///   - bus: is woken by it.
  ///   - program: the executable that can be a guard; this one by default.
  init(_ lines: PumpLines, limits: [Duration] = [], bus: Bus, program: String = "/proc/self/exe") {
    self.lines = lines
    self.limits = limits
    self.bus = bus
    self.program = program
  }

  /// Whether pumps can be switched on.
  var isReady: Bool { if case .ready = state { true } else { false } }

  /// The pumps that may be on.
  var mayBeOn: PumpSet { watch.mayBeOn }

  /// When `process` is due; nil if only the guard can have news.
  var deadline: Duration? {
    switch state {
    case .down(let time), .starting(_, let time): time
    case .ready: watch.deadline
    }
  }

  /// Has pumps switched on together, each until its own time; for one that is on already the time is another one now.
  ///
  /// - Returns: false if nothing was ordered, because the guard is not ready or does not take orders.
  mutating func switchOn(_ runs: [(pump: Pump, until: Duration)], at now: Duration) -> Bool {
    guard isReady else { return false }
    for run in runs { watch.switchOn(run.pump, until: run.until, at: now) }
    // The first beat goes along, so that a guard that is stuck is found out.
    return check(at: now)
  }

  /// Has a pump switched off.
  mutating func switchOff(_ pump: Pump, at now: Duration) {
    watch.switchOff(pump, at: now)
    _ = check(at: now)
  }

  /// Has all pumps switched off.
  mutating func allOff(at now: Duration) {
    watch.allOff(at: now)
    _ = check(at: now)
  }

  /// Does what is due.
  ///
  /// - Returns: what has happened since the last call.
  mutating func process(at now: Duration) -> [Report] {
    switch state {
    case .down(let time): if now >= time { start(at: now) }
    case .starting(let child, _), .ready(let child, _): read(child, at: now)
    }
    if case .starting(_, let time) = state, now >= time { lose("the guard of the pumps does not begin", at: now) }
    _ = check(at: now)
    defer { waiting = [] }
    return waiting
  }

  /// Ends the guard, with all pumps off.
  mutating func stop() {
    guard let child = state.child else { return }
    bus.stopWaking(on: child.descriptor)
    state = .down(until: .seconds(Int64.max / 2))
    if child.end(within: Self.endPatience) != .exited(0) { _ = switchAllOff() }
  }

  /// Sends what waits, and kills a guard that does not do its work.
  private mutating func check(at now: Duration) -> Bool {
    guard case .ready(let child, _) = state else {
      _ = watch.ordersToSend()
      return false
    }
    if let reason = watch.tick(at: now) {
      lose(reason, at: now)
      return false
    }
    guard child.write(watch.ordersToSend()) else {
      lose("the guard of the pumps does not take orders", at: now)
      return false
    }
    return true
  }

  private mutating func start(at now: Duration) {
    do throws(SystemError) {
      let child = try ChildProcess(program, arguments: GuardRole.arguments(lines, limits: limits))
      bus.wake(on: child.descriptor)
      watch = GuardWatch()
      state = .starting(child, until: now + Self.startPatience)
    } catch {
      reportUnavailable("\(error)")
      retry(at: now)
    }
  }

  private mutating func read(_ child: ChildProcess, at now: Duration) {
    let isOpen = child.read(into: &input)
    let reports = watch.receive(input)
    input.removeAll(keepingCapacity: true)
    guard let reports else { return lose("the guard of the pumps says what means nothing", at: now) }
    for report in reports { handle(report, at: now) }
    if !isOpen { lose("the guard of the pumps has ended", at: now) }
  }

  private mutating func handle(_ report: GuardReport, at now: Duration) {
    switch report {
    case .ready:
      if case .starting(let child, _) = state { state = .ready(child, since: now) }
      lastFailure = ""
      waiting.append(.ready)
    case .turned(let pump, let isOn, let time): waiting.append(.turned(pump, isOn: isOn, at: time))
    case .alarm(let text): waiting.append(.alarm(text))
    case .failed(let text): if isReady { waiting.append(.alarm(text)) } else { reportUnavailable(text) }
    case .alive: break
    }
  }

  private mutating func reportUnavailable(_ reason: String) {
    guard reason != lastFailure else { return }
    lastFailure = reason
    waiting.append(.unavailable(reason))
  }

  /// The guard is gone or has to go.
  private mutating func lose(_ reason: String, at now: Duration) {
    guard let child = state.child else { return }
    bus.stopWaking(on: child.descriptor)
    // Its lines are free only when its end is complete.
    child.kill()
    _ = child.end(within: .zero)
    switch state {
    case .ready(_, let since):
      if now - since > Self.delays.upperBound { delay = Self.delays.lowerBound }
      waiting.append(.lost(reason, watch.mayBeOn, areOff: switchAllOff()))
    // It says itself why it cannot begin.
    default: if lastFailure.isEmpty { reportUnavailable(reason) }
    }
    watch = GuardWatch()
    retry(at: now)
  }

  private mutating func retry(at now: Duration) {
    state = .down(until: now + delay)
    delay = min(delay * 2, Self.delays.upperBound)
  }

  /// Has another process switch all pumps off, for lines stay as they are when their holder is killed.
  private func switchAllOff() -> Bool {
    guard let child = try? ChildProcess(program, arguments: PumpsOffRole.arguments(lines)) else { return false }
    return child.end(within: Self.endPatience) == .exited(0)
  }
}
