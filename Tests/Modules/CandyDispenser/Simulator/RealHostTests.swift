import CandyDispenserProtocol
import CandyDispenserSimulator
import TestSupport
import Testing

@Suite("The real host and a simulated machine")
struct RealHostTests {
  /// The real host on the line of a machine.
  private struct Bench {
    var host = RealHostModel()
    var machine: SimulatedCandyMachine
    var now: UInt64 = 1_000_000_000

    init(_ firmware: SimulatedFirmware) {
      machine = SimulatedCandyMachine(firmware: firmware, random: SeededRandom(seed: 1), at: now)
    }

    mutating func pass(seconds: Double) {
      for _ in 0..<Int(seconds * 100) {
        let bytes = host.step(at: now)
        if !bytes.isEmpty { machine.receive(bytes, at: now) }
        now += 10_000_000
        machine.tick(at: now)
        while let output = machine.nextOutput(at: now) {
          if case .bytes(let bytes) = output { host.hear(bytes) }
        }
      }
    }

    /// The host's program is started again; what it had not read is gone.
    mutating func restartHost() { host = RealHostModel() }
  }

  @Test(
    "it finds the machine, and both dispense and take",
    arguments: [SimulatedFirmware.robust, .real])
  func use(firmware: SimulatedFirmware) {
    var bench = Bench(firmware)
    bench.pass(seconds: 3.2)
    #expect(bench.host.isConnected)
    for count in 1...3 {
      bench.host.dispense()
      bench.pass(seconds: 1)
      #expect(bench.host.dispensedCount == count)
      bench.machine.apply(.take(), at: bench.now)
      bench.pass(seconds: 3)
      #expect(bench.host.takenCount == count)
    }
    bench.pass(seconds: 300)
    #expect(bench.host.isConnected && bench.host.watchdog <= 1)
    #expect(bench.host.garbage.isEmpty)
    bench.host.disconnect()
    bench.pass(seconds: 1)
    #expect(bench.machine.candiesFallen == 3 && bench.machine.candiesTaken == 3)
  }

  @Test("it finds the robust machine in every state that a dead host leaves (B2, B3, B4)", arguments: 0..<6)
  func everyState(state: Int) {
    var bench = Bench(.robust)
    switch state {
    case 0: bench.machine.receive([0x78], at: bench.now)
    case 1: bench.pass(seconds: 0.5)
    case 2: bench.pass(seconds: 5)
    case 3:
      bench.pass(seconds: 5)
      bench.machine.receive([0x78, 0xFF], at: bench.now)
    case 4:
      bench.pass(seconds: 5)
      bench.machine.apply(.jam, at: bench.now)
      bench.host.dispense()
      bench.pass(seconds: 2)
    default:
      bench.pass(seconds: 5)
      // The watchdog has ended the connection, and has left nothing to be read.
      bench.now += 100_000_000_000
    }
    bench.restartHost()
    bench.machine.apply(.freeJam, at: bench.now)
    bench.pass(seconds: 4)
    #expect(bench.host.isConnected && !bench.host.hasFailed)
    bench.host.dispense()
    bench.pass(seconds: 1)
    #expect(bench.host.dispensedCount == 1 && bench.machine.candiesFallen == 1)
  }

  @Test("it does not find the real machine after a dead host, or after one byte (B2, B3)", arguments: [false, true])
  func lostMachine(isStray: Bool) {
    var bench = Bench(.real)
    if isStray {
      bench.machine.receive([0x78], at: bench.now)
    } else {
      bench.pass(seconds: 1)
      bench.restartHost()
    }
    bench.pass(seconds: 4)
    #expect(bench.host.hasFailed && !bench.host.isConnected)
  }

  @Test("it stays connected to a robust machine that jams, is told %JP, and goes on (B6)")
  func jam() {
    var bench = Bench(.robust)
    bench.pass(seconds: 4)
    bench.machine.apply(.empty, at: bench.now)
    bench.host.dispense()
    bench.pass(seconds: 200)
    #expect(bench.host.isConnected && bench.host.dispensedCount == 0 && !bench.machine.isTurning)
    bench.machine.apply(.refill(count: 5), at: bench.now)
    bench.host.dispense()
    bench.pass(seconds: 1)
    #expect(bench.host.dispensedCount == 1)
  }

  @Test("it loses a real machine that jams, after 75 to 80 s (B6)")
  func realJam() {
    var bench = Bench(.real)
    bench.pass(seconds: 4)
    bench.machine.apply(.jam, at: bench.now)
    bench.host.dispense()
    bench.pass(seconds: 70)
    #expect(bench.host.isConnected)
    bench.pass(seconds: 12)
    #expect(!bench.host.isConnected)
  }

  @Test("several candies at once get one report each from the robust machine (B7)")
  func several() {
    var bench = Bench(.robust)
    bench.pass(seconds: 4)
    for _ in 0..<3 { bench.host.dispense() }
    bench.pass(seconds: 2)
    #expect(bench.host.dispensedCount == 3)
    for _ in 0..<5 {
      bench.machine.apply(.take(), at: bench.now)
      bench.pass(seconds: 1)
    }
    #expect(bench.host.takenCount == 3 && bench.host.garbage.isEmpty)
  }
}
