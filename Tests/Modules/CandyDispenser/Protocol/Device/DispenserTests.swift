import CandyDispenserProtocol
import Testing

@Suite("A robust dispenser")
struct DispenserTests {
  @Test("answers the probe and ~ES in any state, wherever they are in the stream (B2, B3)")
  func found() {
    var bench = DeviceBench()
    bench.hear(Array("xxcorrect pocorrect port".utf8))
    #expect(bench.actions == [.send(.probe)])
    bench.hear(.establish)
    #expect(bench.dispenser.isConnected)
    bench.hear(.establish)
    bench.hear(Array("~Icorrect port".utf8))
    #expect(!bench.dispenser.isConnected)
    bench.hear(.establish)
    let established = CandyDispenser.Action.send(.message(.established))
    #expect(bench.actions == [.send(.probe), established, established, .send(.probe), established])
  }

  @Test("says nothing before it is connected, and knows no command but two")
  func silent() {
    var bench = DeviceBench()
    bench.hear(.keepAlive, .dispense, .reset)
    bench.dispenser.trayBeam(isBroken: true, at: bench.now)
    bench.pass(seconds: 200)
    #expect(bench.actions.isEmpty)
    #expect(bench.dispenser.deadline == nil)
  }

  @Test("turns until a candy falls, then says so, then says that it was taken")
  func dispense() {
    var bench = DeviceBench.connected()
    bench.hear(.dispense)
    #expect(bench.actions == [.startMotor] && bench.dispenser.isTurning)
    bench.fall()
    #expect(bench.actions == [.startMotor, .stopMotor, .send(.message(.dispensed))])
    bench.hand(true)
    bench.hand(false)
    #expect(bench.actions.last == .send(.message(.taken)))
    bench.hear(.takenNoted)
    #expect(bench.actions.count == 4)
  }

  @Test("answers ~RS while the motor turns (B6)")
  func alive() {
    var bench = DeviceBench.connected()
    bench.hear(.dispense, .keepAlive)
    #expect(bench.actions == [.startMotor, .send(.message(.alive))])
  }

  @Test("stops a motor that turns for 5 s and says %JP, not @iD; the next candy is tried")
  func jam() {
    var bench = DeviceBench.connected()
    bench.hear(.dispense, .dispense)
    bench.pass(milliseconds: 4999)
    #expect(bench.actions == [.startMotor])
    bench.pass(milliseconds: 1)
    #expect(bench.actions == [.startMotor, .stopMotor, .send(.message(.jam)), .startMotor])
    bench.fall()
    #expect(bench.actions.suffix(2) == [.stopMotor, .send(.message(.dispensed))])
    bench.hear(.jamNoted)
    #expect(bench.actions.count == 6 && bench.dispenser.waitingCount == 0)
  }

  @Test("reports each candy as taken once, and no hand that takes none (B7)")
  func hands() {
    var bench = DeviceBench.connected()
    for _ in 0..<2 {
      bench.hear(.dispense)
      bench.fall()
    }
    for _ in 0..<4 {
      bench.pass(milliseconds: 300)
      bench.hand(true)
      bench.pass(seconds: 3)
      bench.hand(false)
    }
    #expect(bench.takenCount == 2)
    bench.hear(.dispense)
    bench.pass(milliseconds: 240)
    bench.fall()
    bench.hand(true)
    bench.hand(false)
    bench.pass(milliseconds: 100)
    bench.hand(true)
    bench.hand(false)
    #expect(bench.takenCount == 3)
  }

  @Test("takes a hand that flutters for one")
  func flutter() {
    var bench = DeviceBench.connected()
    bench.hear(.dispense, .dispense)
    bench.fall()
    bench.fall()
    for _ in 0..<3 {
      bench.hand(true)
      bench.pass(milliseconds: 50)
      bench.hand(false)
      bench.pass(milliseconds: 50)
    }
    #expect(bench.takenCount == 1)
  }

  @Test("notices a candy that falls into a waiting hand when the hand goes")
  func caught() {
    var bench = DeviceBench.connected()
    bench.hand(true)
    bench.hear(.dispense)
    bench.fall()
    bench.pass(seconds: 1)
    #expect(bench.takenCount == 0)
    bench.hand(false)
    #expect(bench.takenCount == 1)
  }

  @Test("stops and forgets what waits at ~QD, and answers it")
  func reset() {
    var bench = DeviceBench.connected()
    bench.hear(.dispense, .dispense, .reset)
    #expect(bench.actions == [.startMotor, .stopMotor, .send(.message(.resetDone))])
    bench.pass(seconds: 20)
    #expect(bench.actions.count == 3)
  }

  @Test("forgets everything at ~FL and says @fl last (B8)")
  func disconnect() {
    var bench = DeviceBench.connected()
    bench.dispenser.receive(
      CandyMessage.dispense.bytes + CandyMessage.keepAlive.bytes + CandyMessage.disconnect.bytes, at: bench.now)
    bench.drain()
    #expect(bench.actions == [.startMotor, .stopMotor, .send(.message(.disconnected))])
    #expect(!bench.dispenser.isConnected)
    bench.hand(true)
    bench.hear(.keepAlive)
    #expect(bench.actions.count == 3)
  }

  @Test("forgets a host that sends no ~RS for 80 s, and says nothing (B9)")
  func watchdog() {
    var bench = DeviceBench.connected()
    bench.pass(seconds: 70)
    bench.hear(.keepAlive)
    bench.pass(milliseconds: 79_999)
    #expect(bench.dispenser.isConnected)
    bench.hear(.dispense)
    bench.fall()
    bench.pass(milliseconds: 1)
    #expect(!bench.dispenser.isConnected && bench.actions.last == .send(.message(.dispensed)))
  }

  @Test("does for a new host nothing that an earlier one asked for")
  func newHost() {
    var bench = DeviceBench.connected()
    bench.hear(.dispense, .dispense)
    bench.hear(.establish)
    #expect(bench.actions == [.startMotor, .stopMotor, .send(.message(.established))])
    bench.fall()
    #expect(bench.actions.count == 3)
  }

  @Test("keeps 64 dispenses, and says which it refuses (B10)")
  func full() {
    var bench = DeviceBench.connected()
    for _ in 0..<64 { bench.hear(.dispense) }
    #expect(bench.actions == [.startMotor] && bench.dispenser.waitingCount == 64)
    bench.hear(.dispense)
    #expect(bench.actions == [.startMotor, .refused(.dispense)])
    for _ in 0..<64 { bench.fall() }
    #expect(bench.actions.count { $0 == .send(.message(.dispensed)) } == 64)
  }

  @Test("keeps 64 messages that nobody sends, and says which it refuses (B10)")
  func unsent() {
    var bench = DeviceBench.connected()
    let bytes = (0..<70).flatMap { _ in CandyMessage.keepAlive.bytes }
    bench.hear(bytes)
    #expect(bench.actions.count { $0 == .send(.message(.alive)) } == 64)
    #expect(bench.actions.count { $0 == .refused(.alive) } == 6)
    bench.hear(bytes)
    #expect(bench.actions.count { $0 == .send(.message(.alive)) } == 128)
  }

  @Test("hears the same whole and byte by byte, between noise (B4, B5)")
  func noise() {
    let bytes = Array("~R~RS".utf8) + [0xFF, 0xC3] + Array("~ID@ir~QDx~FL".utf8)
    var whole = DeviceBench.connected()
    var cut = whole
    whole.hear(bytes)
    for byte in bytes { cut.hear([byte]) }
    #expect(
      cut.actions == [
        .send(.message(.alive)), .startMotor, .stopMotor, .send(.message(.resetDone)), .send(.message(.disconnected)),
      ])
    // What was not sent when the goodbye came is not sent at all.
    #expect(whole.actions == [.startMotor, .stopMotor, .send(.message(.disconnected))])
  }
}
