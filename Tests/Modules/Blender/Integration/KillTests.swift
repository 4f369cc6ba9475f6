import BlenderProtocol
import BusSystem
import Frames
import Glibc
import TestSupport
import Testing

@testable import ProgramSupport

/// Pumps that run, and a process that is killed or stopped at any moment: all lines go off within a second, without
/// anybody's help. `BLENDER_KILLS=100 swift test --filter BlenderTests.KillTests` does it that often, and prints how long it took.
@Suite("Pumps whose processes die", .ownThread, .serialized)
struct KillTests {
  private static let kills = ServiceManager.environment("BLENDER_KILLS").flatMap { Int($0) } ?? 5
  private static let limit = 1_000_000_000

  private static func pumps(_ dice: inout SeededRandom) -> PumpSet {
    PumpSet(rawValue: .random(in: 1...255, using: &dice))
  }

  private static func pause(_ dice: inout SeededRandom) {
    var wait = DescriptorWait()
    wait.wait(until: Clock.monotonic + .random(in: 0...300_000_000, using: &dice))
  }

  private static func report(_ what: String, _ times: [Int]) {
    let sorted = times.sorted()
    guard kills > 5, let last = sorted.last else { return }
    print(
      "kills: \(what): \(times.count) times, all off after \(sorted[times.count / 2] / 1_000_000) ms, at most \(last / 1_000_000) ms"
    )
  }

  @Test("are off within a second of the module's death")
  func moduleKilled() throws {
    var dice = SeededRandom(seed: 1)
    var times: [Int] = []
    for _ in 0..<Self.kills {
      let bench = try PumpBench()
      try bench.run(Self.pumps(&dice))
      Self.pause(&dice)
      bench.module.signal(SIGKILL)
      times.append(try bench.timeUntilOff())
    }
    #expect(times.max()! < Self.limit)
    Self.report("module killed", times)
  }

  @Test("are off within a second of the guard's death, and can be switched on again")
  func guardKilled() throws {
    var dice = SeededRandom(seed: 2)
    var times: [Int] = []
    let bench = try PumpBench()
    for _ in 0..<Self.kills {
      try bench.run(Self.pumps(&dice))
      Self.pause(&dice)
      kill(try bench.guardID(), SIGKILL)
      times.append(try bench.timeUntilOff())
      #expect(try bench.person.expect(BlenderOutcome.self).outcome == .failed)
      try bench.person.expect(BlenderStatus.self) { !$0.ready }
      try bench.person.expect(BlenderStatus.self) { $0.ready }
    }
    #expect(times.max()! < Self.limit)
    Self.report("guard killed", times)
    bench.module.signal(SIGTERM)
    #expect(try bench.module.exitCode() == 0)
  }

  @Test("are off within a second of the module's standstill, and can be switched on when it goes on")
  func moduleStopped() throws {
    var dice = SeededRandom(seed: 3)
    var times: [Int] = []
    let bench = try PumpBench()
    for _ in 0..<Self.kills {
      try bench.run(Self.pumps(&dice))
      Self.pause(&dice)
      bench.module.signal(SIGSTOP)
      times.append(try bench.timeUntilOff())
      bench.module.signal(SIGCONT)
      #expect(try bench.person.expect(BlenderOutcome.self).outcome == .failed)
    }
    #expect(times.max()! < Self.limit)
    Self.report("module stopped", times)
    try bench.run(.all)
  }

  @Test("are off within a second of the guard's standstill")
  func guardStopped() throws {
    var dice = SeededRandom(seed: 4)
    var times: [Int] = []
    let bench = try PumpBench()
    for _ in 0..<Self.kills {
      try bench.run(Self.pumps(&dice))
      Self.pause(&dice)
      kill(try bench.guardID(), SIGSTOP)
      times.append(try bench.timeUntilOff())
      #expect(try bench.person.expect(BlenderOutcome.self).outcome == .failed)
      try bench.person.expect(BlenderStatus.self) { !$0.ready }
      try bench.person.expect(BlenderStatus.self) { $0.ready }
    }
    #expect(times.max()! < Self.limit)
    Self.report("guard stopped", times)
  }

  @Test("are off after SIGTERM, also when it reaches the guard first")
  func terminated() throws {
    for first in [true, false] {
      let bench = try PumpBench()
      try bench.run(.all)
      let guardID = try bench.guardID()
      if first { kill(guardID, SIGTERM) } else { bench.module.signal(SIGTERM) }
      #expect(try bench.timeUntilOff() < Self.limit)
      bench.module.signal(SIGTERM)
      #expect(try bench.module.exitCode() == 0)
      #expect(bench.lines == "00000000")
    }
  }
}
