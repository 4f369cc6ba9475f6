import BlenderProtocol
import Testing

@Suite("The module's watch of the guard")
struct GuardWatchTests {
  private var watch = GuardWatch()
  private let pump = Pump(rawValue: 2)!

  private func bytes(_ reports: GuardReport...) -> [UInt8] { reports.flatMap(\.bytes) }

  /// What a tick has it send.
  private mutating func tick(at now: Duration) -> (sent: [UInt8], reason: String?) {
    let reason = watch.tick(at: now)
    return (watch.ordersToSend(), reason)
  }

  @Test("says nothing while all pumps are off")
  mutating func quiet() {
    #expect(watch.deadline == nil)
    let (sent, reason) = tick(at: .seconds(5))
    #expect(sent == [] && reason == nil)
  }

  @Test("says that it lives with the first order and every 100 ms, until the pump is off")
  mutating func beats() {
    watch.switchOn(pump, until: .seconds(9), at: .seconds(5))
    let first = tick(at: .seconds(5))
    #expect(first.sent == GuardOrder.on(pump, until: .seconds(9)).bytes + GuardOrder.beat.bytes)
    #expect(watch.receive(bytes(.turned(pump, isOn: true, at: .seconds(5)), .alive))?.count == 1)
    #expect(watch.deadline == .milliseconds(5100))
    let early = tick(at: .milliseconds(5099))
    let next = tick(at: .milliseconds(5100))
    #expect(early.sent == [] && next.sent == GuardOrder.beat.bytes)
    _ = watch.receive(bytes(.alive, .turned(pump, isOn: false, at: .seconds(9))))
    #expect(watch.mayBeOn == [] && watch.deadline == nil)
  }

  @Test("finds out a guard that does not answer for 0.3 s, and none that answered meanwhile")
  mutating func hung() {
    watch.switchOn(pump, until: .seconds(9), at: .zero)
    _ = tick(at: .zero)
    let before = tick(at: .milliseconds(299)).reason
    let after = tick(at: .milliseconds(300)).reason
    #expect(before == nil && after == "the guard of the pumps does not answer")
    _ = watch.receive(bytes(.alive))
    let answered = tick(at: .milliseconds(300)).reason
    #expect(answered == nil)
  }

  @Test("finds out a guard that leaves a pump on beyond its time")
  mutating func beyond() {
    watch.switchOn(pump, until: .seconds(1), at: .zero)
    var reasons: [String?] = []
    for step in 0...13 {
      reasons.append(tick(at: .milliseconds(100 * step)).reason)
      _ = watch.receive(bytes(.alive))
    }
    #expect(reasons.dropLast().allSatisfy { $0 == nil })
    #expect(reasons.last == "the guard of the pumps has left pump 2 on beyond its time")
  }

  @Test("knows a pump as on whose switching off was overtaken by an order")
  mutating func crossing() {
    watch.switchOn(pump, until: .seconds(1), at: .zero)
    watch.switchOff(pump, at: .zero)
    watch.switchOn(pump, until: .seconds(2), at: .zero)
    _ = watch.receive(bytes(.turned(pump, isOn: false, at: .zero), .turned(pump, isOn: true, at: .zero)))
    #expect(watch.mayBeOn == PumpSet(pump))
  }
}
