import CandyDispenserProtocol
import CandyDispenserSimulator
import TestSupport
import Testing

/// The simulated firmware does what the real one was seen to do.
@Suite("The simulated real firmware")
struct RealFirmwareTests {
  @Test("answers the probe only as the first thing, and ~ES once")
  func connects() {
    var line = MachineLine(.real)
    line.send(.establish)
    line.pass(milliseconds: 5000)
    #expect(line.heard == "")
    line = MachineLine(.real)
    line.send(Array("correct port".utf8))
    #expect(line.take() == "correct port")
    line.send(Array("correct port".utf8))
    line.send(.establish)
    line.pass(milliseconds: 1900)
    #expect(line.heard == "")
    line.pass(milliseconds: 200)
    #expect(line.take() == "@es")
    line.send(.establish, .keepAlive)
    line.pass(milliseconds: 1000)
    #expect(line.take() == "@rs")
  }

  @Test("is deaf for ever after one byte before the probe (B2)")
  func misalignedProbe() {
    var line = MachineLine(.real)
    line.send([0x78])
    for _ in 0..<5 {
      line.send(Array("correct port".utf8))
      line.pass(milliseconds: 100_000)
    }
    #expect(line.heard == "")
  }

  @Test("is deaf after one byte when it is connected, until it resets after 80 s (B4)")
  func misalignedConnected() {
    var line = MachineLine.connected(.real)
    line.send([0x78])
    line.send(.keepAlive, .keepAlive)
    line.pass(milliseconds: 70_000)
    #expect(line.heard == "" && line.unplugs.isEmpty)
    line.pass(milliseconds: 15_000)
    #expect(line.unplugs.count == 1 && line.machine.isPlugged)
  }

  @Test("loses its communication to noise that is no text, and resets at its watchdog (B5)")
  func notText() {
    var line = MachineLine.connected(.real)
    line.send([0xFF, 0xFF, 0xFF])
    line.send(.keepAlive)
    line.pass(milliseconds: 70_000)
    #expect(line.heard == "")
    line.pass(milliseconds: 15_000)
    #expect(line.unplugs.count == 1)
  }

  @Test("resets 80 s after its connection, counted from its last ~RS")
  func watchdog() {
    var line = MachineLine.connected(.real)
    let start = line.now
    line.pass(milliseconds: 100_000)
    #expect(line.unplugs.count == 1)
    let silence = Double(line.unplugs[0] - start) / 1e9
    #expect(silence > 77 && silence < 81)
    line = MachineLine.connected(.real)
    for _ in 0..<60 {
      line.send(.keepAlive)
      line.pass(milliseconds: 5000)
    }
    #expect(line.unplugs.isEmpty)
    #expect(line.heard == String(repeating: "@rs", count: 60))
  }

  @Test("reads nothing while its motor turns, and then answers everything that piled up (B6)")
  func jam() {
    var line = MachineLine.connected(.real)
    line.machine.apply(.jam, at: line.now)
    line.send(.dispense)
    for _ in 0..<6 {
      line.pass(milliseconds: 5000)
      line.send(.keepAlive)
    }
    line.pass(milliseconds: 200_000)
    #expect(line.heard == "" && line.unplugs.isEmpty)
    line.machine.apply(.freeJam, at: line.now)
    line.pass(milliseconds: 1000)
    #expect(line.take() == "@iD@rs@rs@rs@rs@rs@rs")
  }

  @Test("runs several dispenses one after the other, 0.25 to 0.3 s apart")
  func several() {
    var line = MachineLine.connected(.real)
    let start = line.now
    line.send(.dispense, .dispense, .dispense)
    line.pass(milliseconds: 2000)
    #expect(line.heard == "@iD@iD@iD")
    let gaps = zip(line.times.dropFirst(), line.times).map { Double($0 - $1) / 1e9 }
    #expect(gaps.allSatisfy { $0 >= 0.25 && $0 <= 0.3 })
    #expect(line.times[0] - start < 400_000_000)
  }

  @Test("reports one candy and one hand of 0.25 s with one $FD, at most 0.35 s after it came")
  func oneHand() throws {
    for offset in stride(from: 0, to: 500, by: 50) as StrideTo<UInt64> {
      var line = MachineLine.connected(.real)
      line.send(.dispense)
      line.pass(milliseconds: 1000 + offset)
      let start = line.now
      line.machine.apply(.take(milliseconds: 251), at: start)
      line.pass(milliseconds: 5000)
      #expect(line.heard == "@iD$FD")
      let told = try #require(line.times.last)
      #expect(told - start <= 360_000_000)
    }
  }

  @Test("misses hands shorter than 0.25 s, not all of them")
  func shortHand() {
    var noticed = 0
    for offset in 0..<10 as Range<UInt64> {
      var line = MachineLine.connected(.real)
      line.send(.dispense)
      line.pass(milliseconds: 1000 + offset * 25)
      line.machine.apply(.shortHand, at: line.now)
      line.pass(milliseconds: 5000)
      noticed += line.heard == "@iD$FD" ? 1 : 0
    }
    #expect(noticed > 0 && noticed < 10)
  }

  @Test("takes a hand that is already there for one that comes")
  func handThere() {
    var line = MachineLine.connected(.real)
    line.machine.apply(.take(milliseconds: 3000), at: line.now)
    line.send(.dispense)
    line.pass(milliseconds: 1000)
    #expect(line.heard == "@iD$FD")
  }

  @Test("reports two candies for one hand, and later ones not at all (B7)")
  func overlap() {
    var line = MachineLine.connected(.real)
    line.send(.dispense, .dispense, .dispense)
    line.pass(milliseconds: 2000)
    #expect(line.take() == "@iD@iD@iD")
    line.machine.apply(.take(milliseconds: 200), at: line.now)
    line.pass(milliseconds: 3000)
    #expect(line.take().hasPrefix("$FD$FD"))
    var missing = 0
    for _ in 0..<4 {
      line.machine.apply(.take(), at: line.now)
      line.pass(milliseconds: 3000)
      line.send(.dispense)
      line.pass(milliseconds: 2000)
      _ = line.take()
      line.machine.apply(.take(), at: line.now)
      line.pass(milliseconds: 3000)
      missing += line.take().contains("$FD") ? 0 : 1
    }
    #expect(missing > 0)
  }

  @Test("reports a candy falsely if it is asked for right after $FD, not if 1.5 s later (B7)")
  func quickSecond() {
    for (wait, isFalse) in [(UInt64(0), true), (1500, false)] {
      var line = MachineLine.connected(.real)
      line.send(.dispense)
      line.pass(milliseconds: 1000)
      line.machine.apply(.take(milliseconds: 1000), at: line.now)
      while !line.heard.hasSuffix("$FD") { line.pass(milliseconds: 10) }
      line.pass(milliseconds: wait)
      line.send(.dispense)
      line.pass(milliseconds: 3000)
      #expect(line.heard == (isFalse ? "@iD$FD@iD$FD" : "@iD$FD@iD"))
    }
  }

  @Test("does not know ~QD, and never says %JP")
  func reset() {
    var line = MachineLine.connected(.real)
    line.send(.reset)
    line.machine.apply(.empty, at: line.now)
    line.send(.dispense)
    line.pass(milliseconds: 100_000)
    #expect(line.heard == "" && line.machine.isTurning)
  }

  @Test("resets its board at ~FL; @fl leaves it or does not (B8), and the port stays long enough to read it")
  func goodbye() {
    let heard = (0..<20 as Range<UInt64>).map { seed in
      var line = MachineLine.connected(.real, seed: seed)
      line.send(.disconnect)
      line.pass(milliseconds: 50)
      #expect(line.unplugs.isEmpty && !line.machine.isPlugged)
      line.send(.keepAlive)
      line.pass(milliseconds: 70)
      #expect(line.unplugs.count == 1)
      if let reset = line.times.first { #expect(line.unplugs == [reset + 100_000_000]) }
      line.pass(milliseconds: 2000)
      #expect(line.machine.isPlugged)
      return line.heard
    }
    #expect(Set(heard) == ["", "@fl"])
  }

  @Test("of March 2024 knows no probe and no ~FL, and is dead 16 s after its last ~RS")
  func march2024() {
    var line = MachineLine(.march2024)
    line.send(.establish)
    line.pass(milliseconds: 1500)
    line.send(.disconnect, .keepAlive, .dispense)
    line.pass(milliseconds: 1000)
    #expect(line.take() == "@es@rs@iD")
    line.machine.apply(.take(), at: line.now)
    line.pass(milliseconds: 15_000)
    line.send(.keepAlive)
    line.pass(milliseconds: 100)
    #expect(line.heard == "" || line.heard == "@rs")
    _ = line.take()
    line.pass(milliseconds: 20_000)
    line.send(.keepAlive, .establish)
    line.pass(milliseconds: 100_000)
    #expect(line.heard == "" && line.unplugs.isEmpty)
    line.machine.apply(.resetBoard, at: line.now)
    line.pass(milliseconds: 2000)
    line.send(.establish)
    line.pass(milliseconds: 1000)
    #expect(line.heard == "@es")
  }
}
