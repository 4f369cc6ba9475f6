import CandyDispenserProtocol
import Testing

@Suite("A host that resets or loses its dispenser")
struct ResetTests {
  @Test("gives up what waits, and what was under way when the dispenser has answered")
  func reset() throws {
    var bench = HostBench.connected()
    try bench.dispense(1, 2)
    try bench.host.reset(at: bench.now)
    bench.drain()
    #expect(bench.sent == [.message(.dispense), .message(.reset)])
    #expect(bench.events == [.failed(Candy(request: 1, number: 2, of: 2), .notSent(.reset))])
    #expect(throws: CandyRefusal.resetPending) { try bench.host.reset(at: bench.now) }
    try bench.dispense(2)
    #expect(bench.dispenses == 1)
    bench.hear(.resetDone)
    #expect(
      bench.events.suffix(2) == [.failed(Candy(request: 1, number: 1, of: 2), .unanswered(.reset)), .resetDone])
    #expect(bench.dispenses == 2)
  }

  @Test("is told when the firmware does not know the command, and goes on with the candy under way")
  func unknown() throws {
    var bench = HostBench.connected()
    try bench.dispense(1)
    try bench.host.reset(at: bench.now)
    bench.pass(milliseconds: 4999)
    #expect(bench.events.isEmpty)
    bench.pass(milliseconds: 1)
    #expect(bench.events == [.resetUnanswered])
    bench.hear(.dispensed)
    #expect(bench.events.last == .dispensed(.only(1)))
  }

  @Test("is told of a reset that a lost connection leaves without an answer", arguments: [true, false])
  func lostReset(byCable: Bool) throws {
    var bench = HostBench.connected()
    try bench.host.reset(at: bench.now)
    if byCable { bench.close("unplugged") } else { bench.hear(.disconnected) }
    #expect(bench.events == [.lost(byCable ? .portClosed("unplugged") : .ended), .resetUnanswered])
    bench.pass(seconds: 6)
    #expect(bench.events.count { $0 == .resetUnanswered } == 1)
  }

  @Test("hears a late answer to a reset, which ends only what was sent before it")
  func late() throws {
    var bench = HostBench.connected()
    try bench.dispense(1)
    try bench.host.reset(at: bench.now)
    bench.pass(seconds: 6)
    bench.hear(.resetDone)
    #expect(bench.events == [.resetUnanswered, .failed(.only(1), .unanswered(.reset)), .resetDone])
    try bench.host.reset(at: bench.now)
    bench.pass(seconds: 6)
    try bench.dispense(2)
    bench.hear(.resetDone, .dispensed)
    #expect(bench.events.suffix(3) == [.resetUnanswered, .unexpected(.resetDone), .dispensed(.only(2))])
  }

  @Test("says of each candy what is known of it, and asks for none of them again")
  func lost() throws {
    var bench = HostBench.connected { $0.isPaced = false }
    try bench.dispense(1)
    bench.hear(.dispensed)
    try bench.dispense(2)
    bench.close("unplugged")
    #expect(
      bench.events == [
        .dispensed(.only(1)), .lost(.portClosed("unplugged")), .failed(.only(2), .unanswered(.lost)),
        .notTaken(.only(1), .connectionEnded),
      ])
    bench.sent = []
    bench.connect()
    bench.passAlive(seconds: 100)
    #expect(bench.dispenses == 0)
  }

  @Test("reports what waited as not dispensed, and what was sent as doubtful")
  func doubt() throws {
    var bench = HostBench.connected()
    try bench.dispense(1, 2)
    bench.close("unplugged")
    let failures: [(UInt16, CandyFailure)] = [(1, .unanswered(.lost)), (2, .notSent(.lost))]
    #expect(
      bench.events.dropFirst() == failures.map { .failed(Candy(request: 1, number: $0.0, of: 2), $0.1) }[...])
    #expect(failures[0].1.mayHaveFallen && !failures[1].1.mayHaveFallen)
    #expect("\(failures[0].1)".hasPrefix("it may or may not have fallen"))
    #expect("\(failures[1].1)" == "not dispensed: the connection to the dispenser was lost")
  }

  @Test("waits at a new connection for every answer that the old one owes, so that no old candy is credited")
  func oldAnswers() throws {
    var bench = HostBench.connected()
    try bench.dispense(1)
    bench.pass(seconds: 6)
    #expect(bench.keepAlives == 1)
    bench.close()
    bench.open()
    bench.hear(CandyPacket.probe.bytes)
    bench.hear(.established)
    bench.pass(seconds: 1)
    // The answer of the old connection, then its candy, then the answer of the new one.
    bench.hear(.alive)
    #expect(bench.host.state == .settling)
    bench.hear(.dispensed)
    bench.hear(.alive)
    #expect(bench.host.state == .connected)
    #expect(bench.events.suffix(2) == [.unexpected(.dispensed), .connected(.candycom)])
    try bench.dispense(2)
    #expect(bench.events.last == .connected(.candycom))
  }

  @Test("does not wait for ever for answers that a reset of the board has taken away")
  func lostAnswers() throws {
    var bench = HostBench.connected()
    bench.pass(seconds: 30)
    bench.close()
    bench.open()
    bench.hear(CandyPacket.probe.bytes)
    bench.hear(.established)
    bench.pass(seconds: 1)
    bench.hear(.alive)
    #expect(bench.host.state == .settling)
    bench.pass(seconds: 8)
    #expect(bench.host.state == .connected)
  }

  @Test("gives up what waits at a disconnect, and still hears the candy that is under way")
  func disconnect() throws {
    var bench = HostBench.connected()
    try bench.dispense(1, 2)
    try bench.host.disconnect(at: bench.now)
    bench.hear(.dispensed)
    bench.hear(.disconnected)
    let first = Candy(request: 1, number: 1, of: 2)
    #expect(
      bench.events == [
        .failed(Candy(request: 1, number: 2, of: 2), .notSent(.disconnect)), .dispensed(first),
        .notTaken(first, .connectionEnded), .disconnected,
      ])
  }

  @Test("says of each loss what it was")
  func texts() {
    #expect("\(CandyLoss.silent)" == "the dispenser is silent: jammed, hung or switched off")
    #expect("\(CandyLoss.portClosed("gone"))" == "the port closed: gone")
    #expect("\(CandyLoss.ended)" == "the dispenser ended the connection")
    #expect("\(CandyFailure.jam)" == "the dispenser is jammed or empty: look at it, and refill it")
  }
}
