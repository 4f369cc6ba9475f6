import CandyDispenserProtocol
import Testing

@Suite("A host connects")
struct ConnectionTests {
  @Test("with probe, ~ES, a pause of one second and a keep-alive")
  func procedure() {
    var bench = HostBench()
    #expect(bench.host.state == .closed && bench.host.deadline == nil)
    bench.open()
    #expect(bench.sent == [.probe] && bench.host.state == .searching)
    bench.pass(milliseconds: 20)
    bench.hear(CandyPacket.probe.bytes)
    #expect(bench.sent == [.probe, .message(.establish)])
    bench.pass(milliseconds: 400)
    bench.hear(.established)
    #expect(bench.host.state == .settling)
    bench.pass(milliseconds: 999)
    #expect(bench.sent.count == 2)
    bench.pass(milliseconds: 1)
    #expect(bench.sent == [.probe, .message(.establish), .message(.keepAlive)])
    #expect(bench.events.isEmpty)
    bench.hear(.alive)
    #expect(bench.host.state == .connected && bench.host.firmware == .candycom)
    #expect(bench.events == [.connected(.candycom)])
  }

  @Test("whole or byte by byte alike", arguments: [false, true])
  func cuts(isCutIntoBytes: Bool) throws {
    var bench = HostBench()
    bench.isCutIntoBytes = isCutIntoBytes
    bench.connect()
    try bench.dispense(7)
    bench.hear(Array("x@i@iD$FD@rs".utf8))
    var skipped: UInt64 = 0
    bench.events.removeAll {
      guard case .noise(let bytes) = $0 else { return false }
      skipped += bytes
      return true
    }
    #expect(bench.events == [.connected(.candycom), .dispensed(.only(7)), .taken(.only(7))])
    #expect(skipped == 3)
  }

  @Test("to one that had seen a probe before by four ~ES (B3), the firmware of March 2024 alike")
  func bareEstablish() {
    var bench = HostBench()
    bench.open()
    bench.pass(milliseconds: 2499)
    #expect(bench.sent == [.probe])
    bench.pass(milliseconds: 1)
    #expect(bench.sent == [.probe, .message(.establish)])
    bench.pass(seconds: 3)
    #expect(bench.sent.count == 5)
    bench.hear(.established)
    bench.pass(seconds: 1)
    bench.hear(.alive)
    #expect(bench.events == [.connected(.unprobed)])
    bench.hear(.marchTaken, .marchDispensed)
    #expect(bench.host.firmware == .march2024)
    #expect(bench.sent.suffix(2) == [.message(.marchTakenNoted), .message(.marchDispensedNoted)])
  }

  @Test("by ~FL and a new probe to one that is connected to a host that is gone (B3)")
  func goodbye() {
    var bench = HostBench()
    bench.open()
    bench.pass(milliseconds: 6500)
    #expect(bench.sent.last == .message(.disconnect))
    bench.hear(.disconnected)
    bench.pass(seconds: 1)
    bench.close()
    #expect(bench.host.state == .closed)
    bench.sent = []
    bench.connect()
  }

  @Test("sends a multiple of 12 bytes between two paddings, and moves the groups of the firmware 11 times (B2)")
  func sweep() throws {
    var bench = HostBench()
    bench.open()
    bench.pass(seconds: 60)
    let parts = bench.sent.split(separator: .padding, omittingEmptySubsequences: false)
    #expect(parts.count == 12)
    for part in parts {
      #expect(part.first == .probe)
      #expect(part.reduce(0) { $0 + $1.bytes.count } % 12 == 0)
    }
    for part in parts.prefix(3) {
      #expect(part.count { $0 == .message(.establish) } == 4 && part.count { $0 == .message(.disconnect) } == 4)
    }
    #expect(bench.events == [.notFound] && bench.reopens == 1)
    #expect(bench.host.state == .closed && bench.host.deadline == nil)
    bench.close()
    bench.sent = []
    bench.connect()
  }

  @Test("with all steps for the three alignments of groups of 3, then with the probe alone")
  func schedule() {
    var bench = HostBench()
    bench.open()
    let start = bench.now
    var paddingTimes: [UInt64] = []
    while let due = bench.host.deadline {
      let count = bench.sent.count { $0 == .padding }
      bench.pass(milliseconds: (due - bench.now) / 1_000_000)
      if bench.sent.count(where: { $0 == .padding }) > count { paddingTimes.append((bench.now - start) / 1_000_000) }
    }
    #expect(paddingTimes == [8500, 17_000] + (0...8).map { 25_500 + 1000 * $0 })
    #expect(bench.now - start == 34_500_000_000 && bench.events == [.notFound])
  }

  @Test("not to a port that echoes (B14)")
  func echo() {
    var bench = HostBench()
    bench.open()
    bench.hear(CandyPacket.probe.bytes)
    bench.hear(.establish)
    #expect(bench.events == [.echo] && bench.reopens == 1)
    #expect(bench.host.state == .closed)
    bench.hear(.established)
    #expect(bench.host.state == .closed)
  }

  @Test("not by an @es that it did not ask for")
  func unasked() {
    var bench = HostBench()
    bench.open()
    bench.hear(.established, .alive, .dispensed)
    #expect(bench.host.state == .searching)
    #expect(bench.events == [.unexpected(.dispensed)])
  }

  @Test("not by an @es alone: without @rs it looks again")
  func staleEstablished() {
    var bench = HostBench()
    bench.open()
    bench.hear(CandyPacket.probe.bytes)
    bench.hear(.established)
    bench.pass(seconds: 8)
    #expect(bench.host.state == .settling)
    bench.pass(seconds: 1)
    #expect(bench.host.state == .searching && bench.sent.last == .probe)
    #expect(bench.events.isEmpty)
  }

  @Test("by a check that a stray goodbye does not cut short, so that nothing is lost before it was found")
  func goodbyeWhileSettling() {
    var bench = HostBench()
    bench.open()
    bench.hear(CandyPacket.probe.bytes)
    bench.hear(.established, .disconnected)
    bench.pass(seconds: 1)
    bench.hear(.disconnected, .alive)
    #expect(bench.host.state == .connected && bench.sent.count { $0 == .probe } == 1)
    #expect(bench.events == [.unexpected(.disconnected), .unexpected(.disconnected), .connected(.candycom)])
  }

  @Test("again when the port is back, and tells what was lost")
  func unplugged() {
    var bench = HostBench.connected()
    bench.close("input/output error")
    #expect(bench.events == [.lost(.portClosed("input/output error"))])
    #expect(bench.host.state == .closed && bench.host.firmware == nil)
    bench.connect()
    #expect(bench.events.last == .connected(.candycom))
  }

  @Test("and asks every 5 s whether the dispenser is there")
  func keepAlive() {
    var bench = HostBench.connected()
    bench.passAlive(seconds: 60)
    #expect(bench.keepAlives == 12)
    #expect(bench.host.state == .connected && bench.events.isEmpty)
  }

  @Test("and calls it lost after 80 s without any valid message, not before")
  func lost() {
    var bench = HostBench.connected()
    bench.pass(milliseconds: 79_999)
    bench.hear(Array("@r".utf8))
    #expect(bench.host.state == .connected)
    bench.pass(milliseconds: 1)
    #expect(bench.events == [.lost(.silent)])
    #expect(bench.host.state == .searching && bench.sent.last == .probe)
  }

  @Test("and hears a dispenser that ends the connection")
  func ended() {
    var bench = HostBench.connected()
    bench.hear(.disconnected)
    #expect(bench.events == [.lost(.ended)])
    #expect(bench.host.state == .searching)
  }

  @Test("and ends with ~FL: by @fl, by the port vanishing, or after 2 s (B8)", arguments: 0..<3)
  func disconnect(way: Int) throws {
    var bench = HostBench.connected()
    try bench.host.disconnect(at: bench.now)
    bench.drain()
    #expect(bench.sent == [.message(.disconnect)] && bench.host.state == .disconnecting)
    switch way {
    case 0: bench.hear(.disconnected)
    case 1: bench.close()
    default:
      bench.pass(milliseconds: 1999)
      #expect(bench.events.isEmpty)
      bench.pass(milliseconds: 1)
    }
    #expect(bench.events == [.disconnected] && bench.host.state == .disconnected)
    bench.sent = []
    bench.close()
    bench.open()
    bench.pass(seconds: 200)
    #expect(bench.sent.isEmpty)
    #expect(throws: CandyRefusal.notConnected(.disconnected)) { try bench.host.disconnect(at: bench.now) }
    try bench.host.connect(at: bench.now)
    bench.drain()
    #expect(bench.sent == [.probe])
    #expect(throws: CandyRefusal.notDisconnected(.searching)) { try bench.host.connect(at: bench.now) }
  }

  @Test("only when told to, once it was told to disconnect while it looked for one")
  func disconnectSearch() throws {
    var bench = HostBench()
    bench.open()
    try bench.host.disconnect(at: bench.now)
    bench.drain()
    #expect(bench.events == [.disconnected] && bench.sent == [.probe])
    bench.close()
    try bench.host.connect(at: bench.now)
    #expect(bench.host.state == .closed)
    bench.open()
    #expect(bench.host.state == .searching)
  }
}
