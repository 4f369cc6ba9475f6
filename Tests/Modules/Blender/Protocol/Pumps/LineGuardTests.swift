import BlenderProtocol
import TestSupport
import Testing

/// A guard with the lines that it has set, on a clock that the test sets.
struct GuardBench {
  var core: LineGuard
  private(set) var now = Duration.seconds(1000)
  private(set) var lines = PumpSet()
  /// How often the lines were set.
  private(set) var settings = 0
  private(set) var reports: [GuardReport] = []
  /// Whether it has ended, and if so as a failure.
  private(set) var end: Bool?
  /// How long each pump has been on in all.
  private(set) var onTimes = [Duration](repeating: .zero, count: Pump.count)

  init(limits: [Duration] = []) {
    core = LineGuard(limits: limits, lines: "test")
    carryOut()
  }

  mutating func order(_ orders: GuardOrder...) {
    core.receive(orders.flatMap(\.bytes), at: now)
    carryOut()
  }

  /// Lets the time pass, as a process does that wakes when the guard wants to and never later.
  mutating func advance(by duration: Duration) {
    let end = now + duration
    while let deadline = core.nextDeadline, deadline <= end {
      pass(until: max(now, deadline))
      core.tick(at: now)
      carryOut()
    }
    pass(until: end)
  }

  /// Lets the time pass without the guard running.
  mutating func pass(until time: Duration) {
    for pump in lines.pumps { onTimes[pump.index] += time - now }
    now = time
  }

  mutating func perform(_ body: (inout LineGuard, Duration) -> Void) {
    body(&core, now)
    carryOut()
  }

  /// Lets the time pass with a beat every 100 ms.
  mutating func live(for duration: Duration) {
    let end = now + duration
    while now + .milliseconds(100) < end {
      advance(by: .milliseconds(100))
      order(.beat)
    }
    advance(by: end - now)
  }

  mutating func takeReports() -> [GuardReport] {
    defer { reports = [] }
    return reports.filter { $0 != .alive }
  }

  private mutating func carryOut() {
    while let action = core.nextAction() {
      switch action {
      case .set(let pumps):
        lines = pumps
        settings += 1
      case .report(let report): reports.append(report)
      case .end(let isFailure): end = isFailure
      }
    }
  }
}

@Suite("The guard of the pumps' lines")
struct LineGuardTests {
  private var bench = GuardBench()
  private let third = Pump(rawValue: 3)!
  private let fifth = Pump(rawValue: 5)!
  private var start: Duration { .seconds(1000) }

  init() { _ = bench.takeReports() }

  @Test("switches all off before it says that it is ready")
  func begins() {
    var core = LineGuard(lines: "here")
    #expect(core.nextAction() == .set([]))
    #expect(core.nextAction() == .report(.ready("here")))
    #expect(core.nextDeadline == nil)
  }

  @Test("switches what is ordered together at one moment, with one setting")
  mutating func together() {
    let before = bench.settings
    bench.order(.on(third, until: start + .milliseconds(200)), .on(fifth, until: start + .milliseconds(200)))
    #expect(bench.lines == [PumpSet(third), PumpSet(fifth)] && bench.settings == before + 1)
    bench.advance(by: .milliseconds(200))
    #expect(bench.lines == [] && bench.settings == before + 2)
    let reports = bench.takeReports()
    let end = start + .milliseconds(200)
    #expect(
      reports == [
        .turned(third, isOn: true, at: start), .turned(fifth, isOn: true, at: start),
        .turned(third, isOn: false, at: end), .turned(fifth, isOn: false, at: end),
      ])
    #expect(bench.core.nextDeadline == nil)
  }

  @Test("keeps each pump on as long as was ordered, to 10 ms, whatever else it does", arguments: 0..<200)
  func onTimes(seed: Int) {
    var dice = SeededRandom(seed: UInt64(seed))
    var bench = GuardBench(limits: Pump.allCases.map { _ in .seconds(60) })
    let begin = bench.now
    var expected = [Duration](repeating: .zero, count: Pump.count)
    let plan = Pump.allCases.filter { _ in Bool.random(using: &dice) }.map { pump in
      (
        pump: pump, on: Duration.milliseconds(Int.random(in: 0...2000, using: &dice)),
        time: Duration.microseconds(Int64.random(in: 1...3_000_000, using: &dice))
      )
    }
    for step in plan.sorted(by: { $0.on < $1.on }) {
      let wait = begin + step.on - bench.now
      bench.live(for: wait)
      bench.order(.on(step.pump, until: bench.now + step.time), .beat)
      expected[step.pump.index] = step.time
    }
    bench.live(for: .seconds(5))
    #expect(bench.lines == [])
    for (real, wanted) in zip(bench.onTimes, expected) {
      #expect(real - wanted < .milliseconds(10) && wanted - real < .milliseconds(10))
    }
  }

  @Test("switches off half a second after the last sign of life, and says why")
  mutating func silence() {
    bench.order(.on(third, until: start + .seconds(60)))
    bench.live(for: .seconds(3))
    let last = bench.now - .milliseconds(100)
    bench.advance(by: .seconds(10))
    #expect(bench.lines == [])
    let reports = bench.takeReports()
    #expect(reports.contains(.turned(third, isOn: false, at: last + LineGuard.patience)))
    #expect(reports.last == .alarm("no sign of life of the module for 0.5 s; all pumps off"))
    #expect(bench.end == nil)
  }

  @Test("never lets a pump run for longer than its limit, however often its end is moved")
  mutating func limit() {
    bench = GuardBench(limits: [.seconds(9), .seconds(9), .seconds(9), .seconds(2)])
    for _ in 0..<50 {
      if bench.lines == [] && bench.now > start { break }
      bench.order(.on(third, until: bench.now + .seconds(100)))
      bench.advance(by: .milliseconds(100))
    }
    #expect(bench.onTimes[3] == .seconds(2))
    let reports = bench.takeReports()
    #expect(reports.contains(.alarm("pump 3 has run for its limit of 2.0 seconds; off")))
  }

  @Test("moves the end of a pump that is on, and switches one off at an order")
  mutating func changes() {
    bench.order(.on(third, until: start + .seconds(2)), .on(fifth, until: start + .seconds(2)))
    bench.live(for: .milliseconds(300))
    bench.order(.on(third, until: start + .seconds(1)), .off(fifth))
    #expect(bench.lines == PumpSet(third))
    bench.live(for: .seconds(3))
    #expect(bench.onTimes[3] == .seconds(1) && bench.onTimes[5] == .milliseconds(300))
  }

  @Test("does not switch on what comes when its time is over, and does what was due first")
  mutating func late() {
    bench.order(.on(fifth, until: start + .seconds(1)))
    bench.pass(until: start + .seconds(2))
    bench.order(.on(third, until: start + .milliseconds(1500)), .beat)
    #expect(bench.lines == [])
    let reports = bench.takeReports()
    #expect(reports.contains(.turned(third, isOn: false, at: bench.now)))
    #expect(reports.contains(.turned(fifth, isOn: false, at: bench.now)))
    #expect(!reports.contains(.turned(third, isOn: true, at: bench.now)))
  }

  @Test("switches all off and ends with its orders, at a signal, and at what means nothing")
  mutating func ends() {
    bench.order(.on(third, until: start + .seconds(2)))
    var failed = bench
    bench.perform { $0.end(at: $1) }
    #expect(bench.lines == [] && bench.end == false)
    failed.perform { $0.receive([UInt8](repeating: 0xFF, count: GuardOrder.byteCount), at: $1) }
    #expect(failed.lines == [] && failed.end == true)
    // What comes behind that is not done any more.
    failed.order(.on(fifth, until: start + .seconds(2)))
    #expect(failed.lines == [])
  }

  @Test("takes orders in pieces of any size")
  mutating func pieces() {
    for byte in GuardOrder.on(third, until: start + .seconds(1)).bytes {
      bench.perform { $0.receive([byte], at: $1) }
    }
    #expect(bench.lines == PumpSet(third))
  }

  @Test("has records that say the same at the other end")
  func records() throws {
    let orders: [GuardOrder] = [.on(third, until: .nanoseconds(123_456_789_012_345)), .off(fifth), .allOff, .beat]
    for order in orders { #expect(GuardOrder(order.bytes[...]) == order && order.bytes.count == GuardOrder.byteCount) }
    let long = String(repeating: "ä", count: 300)
    for report in [
      GuardReport.ready("x"), .turned(third, isOn: true, at: .seconds(9)), .alive, .failed("y"), .alarm("ö"),
    ] {
      #expect(GuardReport(report.bytes[...]) == report && report.bytes.count == GuardReport.byteCount)
    }
    #expect(GuardReport(GuardReport.alarm(long).bytes[...]) == .alarm(String(repeating: "ä", count: 122)))
    #expect(GuardOrder([1, 8] + [UInt8](repeating: 0, count: 14)) == nil)
    #expect(GuardReport([UInt8](repeating: 0xFF, count: 256)[...]) == nil)
  }
}
