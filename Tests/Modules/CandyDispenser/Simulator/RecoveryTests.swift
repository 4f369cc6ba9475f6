import CandyDispenserProtocol
import CandyDispenserSimulator
import Testing

/// The states in which a firmware may be found, and the host that has to get it back from each.
@Suite("A host gets back the real firmware")
struct RecoveryTests {
  private static let probe = CandyPacket.probe.bytes
  private static let establish = CandyMessage.establish.bytes

  /// Brings the machine into a state, then lets a host come.
  private static func recover(
    _ firmware: SimulatedFirmware, within seconds: UInt64, _ prepare: (inout Rig) -> Void
  ) throws {
    var rig = Rig(firmware)
    prepare(&rig)
    let start = rig.now
    rig.open()
    #expect(rig.wait(seconds: seconds) { $0.host.state == .connected }, "not within \(seconds) s")
    #expect(rig.now > start)
    rig.apply(.takeAlways(afterMilliseconds: 500))
    try rig.command { (host, now) throws(CandyRefusal) in try host.dispense(request: 1, count: 2, at: now) }
    rig.pass(seconds: 20)
    let candies = [Candy(request: 1, number: 1, of: 2), Candy(request: 1, number: 2, of: 2)]
    #expect(
      rig.story.suffix(4) == [
        .dispensed(candies[0]), .taken(candies[0]), .dispensed(candies[1]), .taken(candies[1]),
      ])
  }

  private static func send(_ rig: inout Rig, _ bytes: [UInt8], thenMilliseconds: UInt64 = 0) {
    rig.machine.receive(bytes, at: rig.now)
    rig.pass(milliseconds: thenMilliseconds)
  }

  @Test("when it is fresh", arguments: SimulatedFirmware.allCases)
  func fresh(firmware: SimulatedFirmware) throws {
    guard firmware != .march2024 else { return }
    try Self.recover(firmware, within: 2) { _ in }
  }

  @Test("when a host died after the probe (B3)", arguments: [SimulatedFirmware.real, .robust])
  func afterProbe(firmware: SimulatedFirmware) throws {
    try Self.recover(firmware, within: 5) { Self.send(&$0, Self.probe, thenMilliseconds: 700) }
  }

  @Test("when a host died after it had connected (B3)", arguments: [SimulatedFirmware.real, .robust])
  func afterConnecting(firmware: SimulatedFirmware) throws {
    try Self.recover(firmware, within: 12) {
      Self.send(&$0, Self.probe)
      Self.send(&$0, Self.establish, thenMilliseconds: 3000)
    }
  }

  @Test("when it waits for ~ES with its groups of three misaligned (B4)", arguments: 1...2)
  func waitingMisaligned(strays: Int) throws {
    try Self.recover(.real, within: 30) {
      Self.send(&$0, Self.probe)
      Self.send(&$0, [UInt8](repeating: 0x78, count: strays), thenMilliseconds: 700)
    }
  }

  @Test("when it is connected with its groups of three misaligned (B4)", arguments: 1...2)
  func connectedMisaligned(strays: Int) throws {
    try Self.recover(.real, within: 35) {
      Self.send(&$0, Self.probe)
      Self.send(&$0, Self.establish, thenMilliseconds: 2000)
      Self.send(&$0, [UInt8](repeating: 0x78, count: strays), thenMilliseconds: 700)
    }
  }

  @Test("when it waits for the probe with its groups of twelve misaligned (B2)", arguments: 1...11)
  func probeMisaligned(strays: Int) throws {
    try Self.recover(.real, within: 76) { Self.send(&$0, [UInt8](repeating: 0x78, count: strays)) }
  }

  @Test("when noise that is no text has killed its communication (B5)")
  func notText() throws {
    try Self.recover(.real, within: 150) {
      Self.send(&$0, Self.probe)
      Self.send(&$0, Self.establish, thenMilliseconds: 2000)
      Self.send(&$0, [0xFF, 0xFE, 0xFD], thenMilliseconds: 100)
    }
  }

  @Test("when its motor has turned for ever, and is freed at last (B6)")
  func jammed() throws {
    try Self.recover(.real, within: 60) {
      Self.send(&$0, Self.probe)
      Self.send(&$0, Self.establish, thenMilliseconds: 2000)
      $0.apply(.jam)
      Self.send(&$0, CandyMessage.dispense.bytes, thenMilliseconds: 200_000)
      $0.apply(.freeJam)
    }
  }

  @Test("and the firmware of March 2024, which takes only a bare ~ES")
  func march2024() throws {
    var rig = Rig(.march2024)
    rig.open()
    #expect(rig.wait(seconds: 6) { $0.host.state == .connected })
    #expect(rig.story == [.connected(.unprobed)])
    try rig.command { (host, now) throws(CandyRefusal) in try host.dispense(request: 1, count: 1, at: now) }
    rig.pass(seconds: 300)
    #expect(rig.story == [.connected(.unprobed), .dispensed(.only(1)), .notTaken(.only(1), .timeout)])
  }

  @Test("again and again, for as long as there is none")
  func nothingThere() {
    var rig = Rig(.real)
    // Its program has ended.
    Self.send(&rig, Self.probe)
    Self.send(&rig, [0xFF, 0xFF, 0xFF], thenMilliseconds: 1000)
    rig.open()
    rig.pass(seconds: 300)
    #expect(rig.count(.notFound) >= 5)
    rig.apply(.resetBoard)
    #expect(rig.wait(seconds: 200) { $0.host.state == .connected })
  }
}
