import BlenderProtocol
import BlenderSimulator
import Testing

/// A dispenser and a simulated board at the two ends of a line, on a clock that the test sets.
struct DispenserBench {
  var dispenser = Dispenser()
  var board = SimulatedBoard()
  private(set) var now = Duration.zero
  private(set) var events: [Dispenser.Event] = []
  /// What was sent, in order.
  private(set) var sent: [[UInt8]] = []
  private(set) var reopened = 0
  /// Whether the port can be opened again.
  var canOpen = true

  init() {
    dispenser.open(at: now)
    advance(by: .seconds(2))
  }

  /// What happened but for texts and levels.
  var milestones: [Dispenser.Event] {
    events.filter {
      switch $0 {
      case .text, .level, .levelTime: false
      default: true
      }
    }
  }

  mutating func advance(by time: Duration) {
    let end = now + time
    carryOut()
    while let next = [dispenser.deadline, board.deadline].compactMap(\.self).min(), next <= end {
      now = max(now, next)
      dispenser.tick(at: now)
      carryOut()
    }
    now = end
  }

  mutating func pour(_ shares: (UInt8, UInt8)...) throws(Dispenser.Refusal) {
    try dispenser.pour(shares.map { .init(Pump(rawValue: $0.0)!, seconds: $0.1) }, at: now)
  }

  /// Why an order would not be begun now.
  func refusal(of shares: [(UInt8, UInt8)]) -> Dispenser.Refusal? {
    var copy = dispenser
    do throws(Dispenser.Refusal) {
      try copy.pour(shares.map { .init(Pump(rawValue: $0.0)!, seconds: $0.1) }, at: now)
      return nil
    } catch {
      return error
    }
  }

  mutating func apply(_ event: SimulatedBoard.Event) { board.apply(event, at: now) }

  private mutating func carryOut() {
    while true {
      if let action = dispenser.nextAction() {
        carryOut(action)
      } else if let output = board.nextOutput(at: now) {
        switch output {
        case .bytes(let bytes): dispenser.receive(bytes, at: now)
        case .unplugged: dispenser.close(at: now)
        case .plugged: dispenser.open(at: now)
        }
      } else {
        return
      }
    }
  }

  private mutating func carryOut(_ action: Dispenser.Action) {
    switch action {
    case .send(let bytes):
      sent.append(bytes)
      board.receive(bytes, at: now)
    case .reopen:
      reopened += 1
      if canOpen { dispenser.open(at: now) }
    case .event(let event): events.append(event)
    }
  }
}

@Suite("The host of the Arduino dispenser")
struct DispenserTests {
  private var bench = DispenserBench()

  private func share(_ pump: UInt8, _ seconds: UInt8) -> Dispenser.Share {
    .init(Pump(rawValue: pump)!, seconds: seconds)
  }

  @Test("has pumps serve one after the other, in ascending order, whatever the board says meanwhile")
  mutating func serves() throws {
    try bench.pour((5, 4), (1, 2))
    #expect(bench.dispenser.remaining(at: bench.now) == .seconds(26))
    bench.advance(by: .milliseconds(25_999))
    #expect(bench.milestones == [.serving(share(1, 2)), .served(share(1, 2)), .serving(share(5, 4))])
    bench.advance(by: .milliseconds(1))
    #expect(bench.milestones.suffix(2) == [.served(share(5, 4)), .finished(.done)])
    #expect(bench.sent == [[3, 2, 1, 2], [3, 2, 5, 4]])
    #expect(bench.events.contains(.text("pump 5 for 4 s")) && bench.events.contains(.levelTime(40)))
    #expect(bench.dispenser.deadline == nil && bench.dispenser.remaining(at: bench.now) == .zero)
  }

  @Test("tells the board whole seconds, the nearest, never 0 and never more than 255")
  func seconds() {
    let times: [(Int, UInt8?)] = [(1, 1), (499, 1), (1499, 1), (1500, 2), (8500, 9), (254_600, 255), (255_000, 255)]
    for (milliseconds, seconds) in times { #expect(Dispenser.seconds(for: .milliseconds(milliseconds)) == seconds) }
    #expect(Dispenser.seconds(for: .milliseconds(255_001)) == nil && Dispenser.seconds(for: .seconds(300)) == nil)
    #expect(Dispenser.seconds(for: .zero) == nil && Dispenser.seconds(for: .seconds(-1)) == nil)
    #expect(share(1, 0).seconds == 1)
  }

  @Test("asks a silent board twice, with its port opened again in between, and gives up then")
  mutating func silent() throws {
    bench.apply(.silence(.seconds(1000)))
    try bench.pour((3, 5), (4, 5))
    bench.advance(by: .milliseconds(6099))
    #expect(bench.sent.count == 1 && bench.reopened == 0)
    bench.advance(by: .milliseconds(1))
    #expect(bench.reopened == 1)
    bench.advance(by: .seconds(2))
    #expect(bench.sent == [[3, 2, 3, 5], [3, 2, 3, 5]])
    bench.advance(by: .seconds(100))
    #expect(bench.milestones == [.finished(.failed(Pump(rawValue: 3)!, .silent(mayPourFor: .milliseconds(1900))))])
    #expect(bench.sent.count == 2 && bench.reopened == 1)
    #expect(bench.dispenser.deadline == nil)
  }

  @Test("is answered at the second attempt by a board that was silent for a while")
  mutating func silentForAWhile() throws {
    bench.apply(.silence(.seconds(3)))
    try bench.pour((3, 5))
    bench.advance(by: .seconds(60))
    #expect(bench.milestones == [.serving(share(3, 5)), .served(share(3, 5)), .finished(.done)])
    #expect(bench.board.pours.count == 1)
  }

  @Test("gives up a board whose port does not come back")
  mutating func notReopened() throws {
    bench.canOpen = false
    bench.apply(.silence(.seconds(1000)))
    try bench.pour((3, 9))
    bench.advance(by: .seconds(60))
    #expect(bench.milestones == [.finished(.failed(Pump(rawValue: 3)!, .silent(mayPourFor: .milliseconds(900))))])
    #expect(bench.refusal(of: [(1, 1)]) == .portClosed)
  }

  @Test("fails when the end does not come, and begins no further pump", arguments: [1, 2] as [UInt8])
  mutating func noEnd(pumps: UInt8) throws {
    bench.apply(.noEnd(1))
    if pumps == 1 { try bench.pour((3, 5)) } else { try bench.pour((3, 5), (4, 5)) }
    bench.advance(by: .milliseconds(19_999))
    #expect(bench.milestones == [.serving(share(3, 5))])
    bench.advance(by: .seconds(100))
    #expect(bench.milestones == [.serving(share(3, 5)), .finished(.failed(Pump(rawValue: 3)!, .noEnd))])
    #expect(bench.sent.count == 1)
    try bench.pour((1, 1))
    bench.advance(by: .seconds(100))
    #expect(bench.milestones.last == .finished(.done))
  }

  @Test("fails when it is unplugged, says how long it may pour still, and is busy until then")
  mutating func unplugged() throws {
    try bench.pour((3, 5), (4, 5))
    bench.advance(by: .seconds(4))
    bench.apply(.unplug(.seconds(1)))
    bench.advance(by: .seconds(3))
    let failure = Dispenser.Failure.portLost(mayPourFor: .seconds(4))
    #expect(bench.milestones.last == .finished(.failed(Pump(rawValue: 3)!, failure)))
    #expect(bench.dispenser.mayPour(at: bench.now) == .seconds(1))
    #expect(bench.refusal(of: [(1, 1)]) == .busy(.seconds(8)))
    bench.advance(by: .seconds(8))
    #expect(bench.sent.count == 1)
    try bench.pour((1, 1))
  }

  @Test("sends nothing more after a cancel, and says how long the board pours still")
  mutating func cancelled() throws {
    let nothing = bench.dispenser.cancel(at: bench.now)
    #expect(nothing == nil)
    try bench.pour((3, 5), (4, 5))
    bench.advance(by: .seconds(4))
    let left = bench.dispenser.cancel(at: bench.now)
    #expect(left == .seconds(4))
    #expect(bench.dispenser.remaining(at: bench.now) == .seconds(11))
    bench.advance(by: .seconds(60))
    #expect(bench.milestones.suffix(2) == [.served(share(3, 5)), .finished(.cancelled)])
    #expect(bench.sent.count == 1 && bench.board.pours.count == 1)
  }

  @Test("ends a cancelled order that a silent board may have heard, without asking again")
  mutating func cancelledWhileSilent() throws {
    bench.apply(.silence(.seconds(1000)))
    try bench.pour((3, 5))
    bench.advance(by: .seconds(1))
    let left = bench.dispenser.cancel(at: bench.now)
    #expect(left == .seconds(7))
    bench.advance(by: .seconds(60))
    #expect(bench.milestones == [.finished(.cancelled)])
    #expect(bench.sent.count == 1 && bench.reopened == 0)
  }

  @Test("ends a cancelled order at once that waits for the board to start")
  mutating func cancelledAtStart() throws {
    bench.dispenser.open(at: bench.now)
    try bench.pour((3, 5))
    let left = bench.dispenser.cancel(at: bench.now)
    #expect(left == .zero)
    bench.advance(by: .seconds(60))
    #expect(bench.milestones == [.finished(.cancelled)] && bench.sent == [])
  }

  @Test("refuses a second order, and an empty one")
  mutating func busy() throws {
    try bench.pour((3, 5))
    #expect(bench.refusal(of: [(1, 1)]) == .busy(.seconds(15)))
    #expect(bench.refusal(of: []) == .nothingOrdered)
  }

  @Test("hears the board through noise")
  mutating func noise() throws {
    try bench.pour((3, 5))
    for _ in 0..<14 {
      bench.apply(.noise([0, 7, 0xFF, 9]))
      bench.advance(by: .seconds(1))
    }
    bench.advance(by: .seconds(5))
    #expect(bench.milestones.last == .finished(.done))
    #expect(bench.dispenser.noise == 14 * 4)
  }
}
