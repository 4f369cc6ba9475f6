import CandyDispenserProtocol
import Testing

@Suite("A host that dispenses")
struct DispenseTests {
  @Test("asks, hears that the candy fell and that it was taken, and notes it")
  func one() throws {
    var bench = HostBench.connected()
    try bench.dispense(5)
    #expect(bench.sent == [.message(.dispense)] && bench.host.queueLength == 1)
    bench.hear(.dispensed)
    #expect(bench.host.queueLength == 0 && bench.host.trayLength == 1)
    bench.hear(.taken)
    #expect(bench.events == [.dispensed(.only(5)), .taken(.only(5))])
    #expect(bench.sent == [.message(.dispense), .message(.takenNoted)])
    #expect(bench.host.trayLength == 0)
  }

  @Test("asks for one candy at a time, and waits 1.5 s after each was taken (B7)")
  func paced() throws {
    var bench = HostBench.connected()
    try bench.dispense(1, 2)
    try bench.dispense(2)
    for number in 1...3 {
      #expect(bench.dispenses == number)
      bench.hear(.dispensed)
      bench.pass(seconds: 3)
      #expect(bench.dispenses == number)
      bench.hear(.taken)
      bench.pass(milliseconds: 1499)
      #expect(bench.dispenses == number)
      bench.pass(milliseconds: 1)
    }
    #expect(bench.dispenses == 3)
    let candies = [Candy(request: 1, number: 1, of: 2), Candy(request: 1, number: 2, of: 2), .only(2)]
    #expect(bench.events == candies.flatMap { [.dispensed($0), .taken($0)] })
  }

  @Test("asks for all at once if it is not paced, and credits the answers in order")
  func unpaced() throws {
    var bench = HostBench.connected { $0.isPaced = false }
    try bench.dispense(1, 2)
    try bench.dispense(2)
    #expect(bench.dispenses == 3)
    bench.hear(.dispensed, .dispensed, .taken, .dispensed)
    let first = Candy(request: 1, number: 1, of: 2)
    #expect(
      bench.events == [
        .dispensed(first), .dispensed(Candy(request: 1, number: 2, of: 2)), .taken(first), .dispensed(.only(2)),
      ])
  }

  @Test("gives up what waits of a cancelled request, and nothing else")
  func cancelled() throws {
    var bench = HostBench.connected()
    try bench.dispense(1, 3)
    try bench.dispense(2)
    bench.host.cancel(request: 1)
    bench.host.cancel(request: 1)
    bench.host.cancel(request: 9)
    bench.drain()
    bench.hear(.dispensed, .taken)
    bench.pass(seconds: 2)
    bench.hear(.dispensed)
    let candies = (1...3).map { Candy(request: 1, number: $0, of: 3) }
    #expect(
      bench.events == [
        .failed(candies[1], .notSent(.cancel)), .failed(candies[2], .notSent(.cancel)), .dispensed(candies[0]),
        .taken(candies[0]), .dispensed(.only(2)),
      ])
    #expect(bench.dispenses == 2)
  }

  @Test("refuses what it cannot do, with a reason that a person can act on")
  func refusals() throws {
    var bench = HostBench()
    #expect(throws: CandyRefusal.notConnected(.closed)) { try bench.dispense(1) }
    #expect(throws: CandyRefusal.notConnected(.closed)) { try bench.host.reset(at: bench.now) }
    bench = HostBench.connected()
    #expect(throws: CandyRefusal.nothingAsked) { try bench.dispense(1, 0) }
    try bench.dispense(1)
    #expect(throws: CandyRefusal.requestPending(1)) { try bench.dispense(1) }
    bench.hear(.dispensed)
    #expect(throws: CandyRefusal.requestPending(1)) { try bench.dispense(1) }
    bench.hear(.taken)
    try bench.dispense(1)
    let texts: [(CandyRefusal, String)] = [
      (.notConnected(.searching), "no dispenser is connected (it is being looked for); try again when it is"),
      (.nothingAsked, "a dispense needs a count of 1 or more"),
      (.queueFull(room: 3), "too many candies are waiting; there is room for 3 more"),
      (.requestPending(9), "request 9 is not finished; use another id for another candy"),
      (.resetPending, "the dispenser is being reset; wait for the end of it"),
      (
        .notDisconnected(.connected),
        "the dispenser was not disconnected (it is connected); there is nothing to connect"
      ),
    ]
    for (refusal, text) in texts { #expect(refusal.description == text) }
  }

  @Test("keeps 64 candies and refuses the 65th, instead of losing one (B10)")
  func full() throws {
    var bench = HostBench.connected()
    try bench.dispense(1, 60)
    try bench.dispense(2, 4)
    #expect(bench.host.queueLength == 64)
    #expect(throws: CandyRefusal.queueFull(room: 0)) { try bench.dispense(3) }
    bench.hear(.dispensed, .taken)
    #expect(throws: CandyRefusal.queueFull(room: 1)) { try bench.dispense(3, 2) }
    try bench.dispense(3)
    #expect(throws: CandyRefusal.queueFull(room: 0)) { try bench.dispense(4, .max) }
  }

  @Test("sends nothing before the tasks of the firmware run, and loses no command to that (B11)")
  func early() throws {
    var bench = HostBench()
    bench.open()
    bench.hear(CandyPacket.probe.bytes)
    bench.hear(.established)
    #expect(throws: CandyRefusal.notConnected(.settling)) { try bench.dispense(1) }
    bench.pass(seconds: 1)
    bench.hear(.alive)
    try bench.dispense(1)
    #expect(bench.dispenses == 1)
  }

  @Test("suspects a jam after 15 s, keeps the connection, and takes a late candy for what it is (B6)")
  func jamSuspected() throws {
    var bench = HostBench.connected()
    try bench.dispense(1)
    bench.pass(milliseconds: 14_999)
    #expect(bench.events.isEmpty)
    bench.pass(milliseconds: 1)
    #expect(bench.events == [.jamSuspected(.only(1))] && bench.host.isJamSuspected)
    bench.pass(seconds: 60)
    #expect(bench.host.state == .connected && bench.dispenses == 1)
    bench.hear(.dispensed)
    #expect(bench.events == [.jamSuspected(.only(1)), .jamCleared(.only(1)), .dispensed(.only(1))])
    #expect(!bench.host.isJamSuspected)
  }

  @Test("fails a candy by %JP, notes it, and tells when the next one falls")
  func jam() throws {
    var bench = HostBench.connected()
    try bench.dispense(1, 2)
    bench.hear(.jam)
    #expect(bench.sent == [.message(.dispense), .message(.jamNoted), .message(.dispense)])
    #expect(bench.host.isJammed)
    bench.hear(.dispensed)
    let second = Candy(request: 1, number: 2, of: 2)
    #expect(
      bench.events == [.failed(Candy(request: 1, number: 1, of: 2), .jam), .jamCleared(second), .dispensed(second)])
    #expect(!bench.host.isJammed)
  }

  @Test("gives a candy up only when the dispenser has proved that it is not busy with it")
  func unanswered() throws {
    var bench = HostBench.connected()
    try bench.dispense(1)
    try bench.dispense(2)
    bench.passAlive(seconds: 29)
    #expect(bench.events == [.jamSuspected(.only(1))])
    bench.passAlive(seconds: 2)
    #expect(bench.events.last == .failed(.only(1), .unanswered(.silence)))
    #expect(bench.dispenses == 2)
    bench.hear(.dispensed)
    #expect(bench.events.last == .dispensed(.only(2)))
  }

  @Test("does not give a candy up while the motor may still turn")
  func notGivenUp() throws {
    var bench = HostBench.connected()
    try bench.dispense(1)
    bench.pass(seconds: 70)
    #expect(bench.events == [.jamSuspected(.only(1))])
    // The answers to what was asked before are no proof.
    for _ in 0..<bench.keepAlives - 9 { bench.hear(.alive) }
    #expect(bench.events == [.jamSuspected(.only(1))])
    bench.hear(.dispensed)
    #expect(bench.events.last == .dispensed(.only(1)))
  }

  @Test("reports a candy that nobody takes after its time, and goes on")
  func notTaken() throws {
    var bench = HostBench.connected()
    try bench.dispense(1)
    bench.hear(.dispensed)
    try bench.dispense(2)
    bench.passAlive(seconds: 59)
    #expect(bench.dispenses == 1)
    bench.passAlive(seconds: 2)
    #expect(bench.events == [.dispensed(.only(1)), .notTaken(.only(1), .timeout)])
    #expect(bench.dispenses == 2)
  }

  @Test("counts a taken candy only if one lies in the tray, but notes each (B7)")
  func falseTaken() throws {
    var bench = HostBench.connected()
    try bench.dispense(1)
    bench.hear(.taken)
    bench.hear(.dispensed)
    bench.hear(.taken, .taken)
    #expect(
      bench.events == [.unexpected(.taken), .dispensed(.only(1)), .taken(.only(1)), .unexpected(.taken)])
    #expect(bench.sent.count { $0 == .message(.takenNoted) } == 3)
  }

  @Test("takes the events of the firmware of March 2024: %IR is taken, %MC only noted")
  func march2024() throws {
    var bench = HostBench.connected()
    try bench.dispense(1)
    bench.hear(.marchDispensed, .dispensed, .marchTaken)
    #expect(bench.events == [.dispensed(.only(1)), .taken(.only(1))])
    #expect(bench.sent.suffix(2) == [.message(.marchDispensedNoted), .message(.marchTakenNoted)])
  }
}
