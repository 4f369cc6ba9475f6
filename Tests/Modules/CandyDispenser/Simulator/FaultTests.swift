import CandyDispenserProtocol
import CandyDispenserSimulator
import Testing

/// Every fault on demand, as the host of this project sees it.
@Suite("A host and a simulated machine with a fault")
struct FaultTests {
  private static let both: [SimulatedFirmware] = [.robust, .real]

  private static func dispense(_ rig: inout Rig, _ request: UInt32, _ count: UInt16 = 1) throws {
    try rig.command { (host, now) throws(CandyRefusal) in try host.dispense(request: request, count: count, at: now) }
  }

  @Test("none: each candy of a request falls and is taken", arguments: both)
  func none(firmware: SimulatedFirmware) throws {
    var rig = Rig.connected(firmware)
    rig.apply(.takeAlways(afterMilliseconds: 800))
    try Self.dispense(&rig, 1, 3)
    rig.pass(seconds: 20)
    let candies = (1...3).map { Candy(request: 1, number: $0, of: 3) }
    #expect(rig.story == candies.flatMap { [.dispensed($0), .taken($0)] })
    #expect(rig.falls.count == 3 && rig.machine.candiesTaken == 3 && rig.machine.candiesLeft == 997)
  }

  @Test("nobody takes it", arguments: both)
  func untaken(firmware: SimulatedFirmware) throws {
    var rig = Rig.connected(firmware)
    try Self.dispense(&rig, 1)
    rig.pass(seconds: 61)
    #expect(rig.story == [.dispensed(.only(1)), .notTaken(.only(1), .timeout)])
  }

  @Test("a hand that is too short for the real firmware only")
  func shortHand() throws {
    for firmware in Self.both {
      var noticed = 0
      for delay in 0..<10 as Range<UInt64> {
        var rig = Rig.connected(firmware)
        try Self.dispense(&rig, 1)
        rig.pass(milliseconds: 1000 + delay * 25)
        rig.apply(.shortHand)
        rig.pass(seconds: 2)
        noticed += rig.count(.taken(.only(1)))
      }
      #expect(firmware == .robust ? noticed == 10 : noticed < 10)
    }
  }

  @Test("a jam that the robust machine reports, and the next candy clears")
  func robustJam() throws {
    var rig = Rig.connected(.robust)
    rig.apply(.jam)
    try Self.dispense(&rig, 1)
    rig.pass(seconds: 11)
    #expect(rig.story == [.failed(.only(1), .jam)] && rig.machine.isJammed && !rig.machine.isTurning)
    rig.apply(.freeJam)
    try Self.dispense(&rig, 2)
    rig.pass(seconds: 1)
    #expect(rig.story.suffix(2) == [.jamCleared(.only(2)), .dispensed(.only(2))])
  }

  @Test("a jam of the real machine that is freed in time")
  func realJam() throws {
    var rig = Rig.connected(.real)
    rig.apply(.jam)
    try Self.dispense(&rig, 1)
    rig.pass(seconds: 60)
    #expect(rig.story == [.jamSuspected(.only(1))] && rig.machine.isTurning)
    rig.apply(.freeJam)
    rig.pass(seconds: 20)
    #expect(rig.story == [.jamSuspected(.only(1)), .jamCleared(.only(1)), .dispensed(.only(1))])
  }

  @Test("a jam of the real machine that is freed too late: the candy is credited to nobody, and all is well again")
  func lateJam() throws {
    var rig = Rig.connected(.real)
    rig.apply(.jam)
    try Self.dispense(&rig, 1, 2)
    rig.pass(seconds: 100)
    let candies = (1...2).map { Candy(request: 1, number: $0, of: 2) }
    #expect(
      rig.story == [
        .jamSuspected(candies[0]), .lost(.silent), .failed(candies[0], .unanswered(.lost)),
        .failed(candies[1], .notSent(.lost)),
      ])
    rig.apply(.freeJam)
    #expect(rig.wait(seconds: 60) { $0.host.state == .connected })
    #expect(rig.story.contains(.unexpected(.dispensed)) && rig.falls.count == 1)
    try Self.dispense(&rig, 2)
    rig.pass(seconds: 1)
    #expect(rig.story.last == .dispensed(.only(2)) && rig.falls.count == 2)
  }

  @Test("an empty machine that is refilled", arguments: both)
  func empty(firmware: SimulatedFirmware) throws {
    var rig = Rig.connected(firmware, candies: 0)
    try Self.dispense(&rig, 1)
    rig.pass(seconds: 4)
    #expect(rig.story.isEmpty && rig.machine.candiesLeft == 0)
    rig.apply(.refill(count: 2))
    rig.pass(seconds: 1)
    #expect(rig.story == [.dispensed(.only(1))] && rig.machine.candiesLeft == 1)
    rig.apply(.empty)
    #expect(rig.machine.candiesLeft == 0)
  }

  @Test("late answers", arguments: both)
  func late(firmware: SimulatedFirmware) throws {
    var rig = Rig.connected(firmware)
    rig.apply(.lateAnswers(milliseconds: 2000))
    try Self.dispense(&rig, 1)
    rig.pass(milliseconds: 2200)
    #expect(rig.story.isEmpty && rig.falls.count == 1)
    rig.pass(seconds: 1)
    #expect(rig.story == [.dispensed(.only(1))])
    rig.close()
    rig.open()
    #expect(rig.wait(seconds: 60) { $0.host.state == .connected })
  }

  @Test("stray bytes to the host, between messages (B4, B5)", arguments: both)
  func straysToHost(firmware: SimulatedFirmware) throws {
    var rig = Rig.connected(firmware)
    rig.apply(.takeAlways(afterMilliseconds: 500))
    for request in 1...10 as ClosedRange<UInt32> {
      try Self.dispense(&rig, request)
      rig.apply(.strayBytesToHost(count: request))
      rig.pass(seconds: 5)
    }
    #expect(rig.story == (1...10).flatMap { [.dispensed(.only($0)), .taken(.only($0))] })
    #expect(rig.events.count > 20)
  }

  @Test("stray bytes to the machine: the robust one does not mind, the real one is lost and found (B4)")
  func straysToMachine() throws {
    var rig = Rig.connected(.robust)
    rig.apply(.strayBytesToMachine(count: 7))
    try Self.dispense(&rig, 1)
    rig.pass(seconds: 1)
    #expect(rig.story == [.dispensed(.only(1))])
    rig = Rig.connected(.real)
    rig.apply(.strayBytesToMachine(count: 1))
    try Self.dispense(&rig, 1)
    rig.pass(seconds: 100)
    #expect(rig.story.first == .jamSuspected(.only(1)))
    #expect(rig.count(.failed(.only(1), .unanswered(.lost))) == 1)
    #expect(rig.wait(seconds: 200) { $0.host.state == .connected })
    #expect(rig.falls.isEmpty)
  }

  @Test("the reset button", arguments: SimulatedFirmware.allCases)
  func reset(firmware: SimulatedFirmware) throws {
    var rig = Rig.connected(firmware)
    rig.apply(.resetBoard)
    rig.pass(milliseconds: 100)
    #expect(rig.story == [.lost(.portClosed("unplugged"))] && rig.host.state == .closed)
    #expect(throws: CandyRefusal.notConnected(.closed)) { try Self.dispense(&rig, 1) }
    #expect(rig.wait(seconds: 10) { $0.host.state == .connected })
  }

  @Test("the cable is pulled during a dispense: it is in doubt, and never repeated", arguments: both)
  func unplug(firmware: SimulatedFirmware) throws {
    for delay in [100, 235, 245, 400] as [UInt64] {
      var rig = Rig.connected(firmware)
      try Self.dispense(&rig, 1, 2)
      rig.pass(milliseconds: delay)
      rig.apply(.unplug(seconds: delay == 100 ? 0 : 10))
      #expect(!rig.machine.isPlugged && !rig.machine.isTurning)
      rig.pass(seconds: 9)
      if delay == 100 { rig.apply(.plug) }
      #expect(rig.wait(seconds: 20) { $0.host.state == .connected })
      rig.pass(seconds: 100)
      #expect(rig.sent.count { $0.packet == .message(.dispense) } == 1)
      #expect(rig.falls.count <= 1)
      #expect(rig.count(.failed(Candy(request: 1, number: 2, of: 2), .notSent(.lost))) == 1)
      let first = Candy(request: 1, number: 1, of: 2)
      let doubts = rig.count(.failed(first, .unanswered(.lost)))
      #expect(rig.count(.dispensed(first)) + doubts == 1)
      #expect(delay < 240 ? doubts == 1 : true)
    }
  }

  @Test("silence: a dispenser that is not heard for 80 s is lost, and comes back", arguments: both)
  func silence(firmware: SimulatedFirmware) {
    var rig = Rig.connected(firmware)
    rig.apply(.silence(seconds: 100))
    rig.pass(seconds: 85)
    #expect(rig.story == [.lost(.silent)])
    #expect(rig.wait(seconds: 120) { $0.host.state == .connected })
  }

  @Test("reset by command: done by the robust machine, unknown to the real one")
  func resetCommand() throws {
    for firmware in Self.both {
      var rig = Rig.connected(firmware)
      rig.apply(.jam)
      try Self.dispense(&rig, 1)
      rig.pass(seconds: 2)
      try rig.command { (host, now) throws(CandyRefusal) in try host.reset(at: now) }
      rig.pass(seconds: 6)
      let isKnown = firmware == .robust
      #expect(rig.story == (isKnown ? [.failed(.only(1), .unanswered(.reset)), .resetDone] : [.resetUnanswered]))
      #expect(rig.machine.isTurning != isKnown)
    }
  }

  @Test("disconnect and connect again", arguments: both)
  func disconnect(firmware: SimulatedFirmware) throws {
    for seed in 1...8 as ClosedRange<UInt64> {
      var rig = Rig.connected(firmware, seed: seed)
      try rig.command { (host, now) throws(CandyRefusal) in try host.disconnect(at: now) }
      rig.pass(seconds: 10)
      #expect(rig.story == [.disconnected] && rig.host.state == .disconnected)
      try rig.command { (host, now) throws(CandyRefusal) in try host.connect(at: now) }
      #expect(rig.wait(seconds: 10) { $0.host.state == .connected })
    }
  }
}
