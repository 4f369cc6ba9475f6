import CandyDispenserProtocol
import CandyDispenserSimulator
import TestSupport
import Testing

/// Hosts and machines under every kind of trouble at once, on a clock and dice of their own.
@Suite("Whatever happens between a host and its machine")
struct OutcomeTests {
  /// A day with trouble, and what was asked for on it.
  private struct Day {
    var rig: Rig
    var dice: SeededRandom
    private(set) var wanted: [Candy] = []
    private var nextRequest: UInt32 = 1

    init(_ firmware: SimulatedFirmware, seed: UInt64) {
      rig = Rig(firmware, seed: seed)
      dice = SeededRandom(seed: seed &* 7919)
      rig.keepsBytes = seed % 2 == 0
      rig.lossRate = seed % 3 == 0 ? 200 : 0
      rig.open()
    }

    mutating func roll(_ bound: UInt64) -> UInt64 { dice.next() % bound }

    mutating func dispense() {
      let count = UInt16(roll(3) + 1)
      let request = nextRequest
      let accepted: Void? = try? rig.command { (host, now) throws(CandyRefusal) in
        try host.dispense(request: request, count: count, at: now)
      }
      guard accepted != nil else { return }
      nextRequest += 1
      wanted += (1...count).map { Candy(request: request, number: $0, of: count) }
    }

    mutating func step() {
      switch roll(24) {
      case 0..<8: dispense()
      case 8..<13: rig.apply(.take(milliseconds: UInt32(roll(800) + 50)))
      case 13: trouble()
      case 14: try? rig.command { (host, now) throws(CandyRefusal) in try host.reset(at: now) }
      case 15: try? rig.command { (host, now) throws(CandyRefusal) in try host.connect(at: now) }
      case 16: if roll(4) == 0 { try? rig.command { (host, now) throws(CandyRefusal) in try host.disconnect(at: now) } }
      case 17: if roll(4) == 0 { rig.close(reopenAfterSeconds: roll(12)) }
      default: break
      }
      rig.pass(milliseconds: roll(roll(10) == 0 ? 30_000 : 2000))
    }

    private mutating func trouble() {
      switch roll(10) {
      case 0: rig.apply(.jam)
      case 1...3: rig.apply(.freeJam)
      case 4: rig.apply(.lateAnswers(milliseconds: UInt32(roll(2) * roll(6000))))
      case 5: rig.apply(.strayBytesToHost(count: UInt32(roll(5) + 1)))
      case 6: rig.apply(.strayBytesToMachine(count: UInt32(roll(5) + 1)))
      case 7: rig.apply(.resetBoard)
      case 8: rig.apply(.unplug(seconds: UInt32(roll(20) + 1)))
      default: rig.apply(.silence(seconds: UInt32(roll(100))))
      }
    }

    /// The host is started again and again, while answers of its earlier connections are still on their way.
    mutating func restlessStep() {
      switch roll(8) {
      case 0..<3: dispense()
      case 3: rig.apply(.take())
      case 4: rig.apply(.lateAnswers(milliseconds: UInt32(roll(3000))))
      case 5: rig.close(reopenAfterSeconds: roll(2))
      case 6: rig.apply(roll(3) == 0 ? .jam : .freeJam)
      default: break
      }
      rig.pass(milliseconds: roll(4) == 0 ? roll(15_000) : roll(1000))
    }

    /// All trouble ends.
    mutating func calm() {
      rig.lossRate = 0
      rig.apply(.freeJam)
      rig.apply(.lateAnswers(milliseconds: 0))
      rig.apply(.silence(seconds: 0))
      rig.apply(.plug)
      rig.apply(.takeAlways(afterMilliseconds: 500))
      // A disconnect that is under way ends first.
      rig.pass(seconds: 3)
      try? rig.command { (host, now) throws(CandyRefusal) in try host.connect(at: now) }
    }
  }

  private static func check(_ day: Day) {
    var outcomes: [Candy: Int] = [:]
    var endings: [Candy: Int] = [:]
    var dispensed: [Candy] = []
    for (_, event) in day.rig.events {
      switch event {
      case .dispensed(let candy):
        outcomes[candy, default: 0] += 1
        dispensed.append(candy)
      case .failed(let candy, _): outcomes[candy, default: 0] += 1
      case .taken(let candy), .notTaken(let candy, _): endings[candy, default: 0] += 1
      default: break
      }
    }
    #expect(Set(outcomes.keys) == Set(day.wanted))
    #expect(outcomes.values.allSatisfy { $0 == 1 })
    #expect(Set(endings.keys) == Set(dispensed))
    #expect(endings.values.allSatisfy { $0 == 1 })
    // Nothing is asked for twice, and nothing that fell for another is credited.
    let asked = day.rig.sent.filter { $0.packet == .message(.dispense) }
    #expect(asked.count <= day.wanted.count)
    #expect(!day.rig.hasOverlapped)
    #expect(dispensed.count <= day.rig.falls.count)
    let doubtful = day.rig.events.count { if case .failed(_, .unanswered) = $0.event { true } else { false } }
    #expect(day.rig.falls.count <= dispensed.count + doubtful)
    for (at, event) in day.rig.events {
      guard case .dispensed = event, let ask = asked.last(where: { $0.at <= at }) else { continue }
      #expect(
        day.rig.falls.contains { $0 >= ask.at && $0 <= at }, "a candy is credited that fell before it was asked for")
    }
  }

  @Test(
    "each candy gets one outcome, is asked for once, and is credited only if it fell",
    arguments: SimulatedFirmware.allCases, 1...24 as ClosedRange<UInt64>)
  func outcomes(firmware: SimulatedFirmware, seed: UInt64) {
    var day = Day(firmware, seed: seed)
    for _ in 0..<400 { day.step() }
    day.rig.close()
    #expect(day.rig.host.queueLength == 0 && day.rig.host.trayLength == 0)
    Self.check(day)
  }

  @Test(
    "no candy of an earlier connection is credited to a later one",
    arguments: [SimulatedFirmware.robust, .real], 1...16 as ClosedRange<UInt64>)
  func restless(firmware: SimulatedFirmware, seed: UInt64) {
    var day = Day(firmware, seed: seed)
    day.rig.keepsBytes = true
    for _ in 0..<400 { day.restlessStep() }
    day.rig.close()
    Self.check(day)
  }

  @Test(
    "the host and its machine find each other again when the trouble ends",
    arguments: [SimulatedFirmware.robust, .real], 1...20 as ClosedRange<UInt64>)
  func calm(firmware: SimulatedFirmware, seed: UInt64) throws {
    var day = Day(firmware, seed: seed)
    for _ in 0..<100 { day.step() }
    day.calm()
    // Noise may have ended the program of the real firmware; only its button helps then.
    if firmware == .real, !day.rig.wait(seconds: 400, for: { $0.host.state == .connected }) {
      day.rig.apply(.resetBoard)
    }
    #expect(day.rig.wait(seconds: 400) { $0.host.state == .connected && $0.host.queueLength + $0.host.trayLength == 0 })
    let dispensed = day.rig.falls.count
    day.dispense()
    #expect(day.rig.wait(seconds: 5) { $0.falls.count > dispensed && $0.host.trayLength > 0 })
    day.rig.close()
    Self.check(day)
  }
}
