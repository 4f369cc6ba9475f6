import BusClient
import Foundation
import Frames
import Glibc
import TestSupport
import Testing

@testable import ProgramSupport

/// Commands for a device by somebody who does what docs/EVOMIN.md says, while a part is killed.
@Suite("Commands for an evoMIN device", .ownThread)
struct EvominKillTests {
  let folder: TemporaryFolder
  let port: String

  init() throws {
    folder = try TemporaryFolder()
    port = folder.path("tty")
  }

  /// A device by itself, slow enough that commands are under way.
  private func device(_ manager: Manager) throws -> RunningProgram {
    try manager.module("evomin-simulator", ["--sim-path", port, "--sim-baud", "4800", "--log-level", "debug"])
  }

  private func bridge(_ manager: Manager) throws -> RunningProgram {
    // A busy machine must not make it send something twice.
    try manager.module("evomin-bridge", ["--port", port, "--retry", "4s"])
  }

  /// Waits until the device answers: at first it may be busy with its own start.
  private func waitForAnswer(_ person: Person, _ bridge: RunningProgram) throws {
    try person.expect(EvominStatus.self, bridge.errors.all) { $0.open }
    try person.send(EvominToDevice(request: 0, command: 0x41))
    #expect(try person.expect(EvominResult.self).outcome == .done)
  }

  /// What the device got of the commands, in order.
  private func received(_ device: RunningProgram) -> [String] {
    device.errors.lines.filter { $0.contains("frame=\"0x40") }.compactMap { line in
      line.range(of: "frame=").map { String(line[$0.lowerBound...]) }
    }
  }

  @Test("each have one result when the bridge is killed, and none is sent twice")
  func bridgeKilled() throws {
    let manager = try Manager(folder: folder)
    let device = try device(manager)
    let first = try bridge(manager)
    let person = try Person(manager.tcp, [.evominResult, .evominStatus])
    try waitForAnswer(person, first)
    let jobs = try (0..<200).map { number in
      try person.bus.job(EvominToDevice(request: 0, command: 0x40, payload: [UInt8(number)]))
    }
    try person.expect(EvominResult.self, "the first results") { _ in jobs.count { $0.outcome != nil } >= 20 }
    try first.killAndWait()
    let second = try bridge(manager)
    try Deadline.wait(for: "all results; \(second.errors.all)") {
      _ = try person.leftOver(EvominResult.self)
      return jobs.allSatisfy { $0.outcome != nil }
    }
    let arrived = received(device)
    #expect(Set(arrived).count == arrived.count, "no command was sent twice")
    let done = jobs.count { $0.outcome?.outcome == .done }
    let unknown = jobs.count { $0.outcome?.outcome == .failed && $0.outcome?.mayHaveArrived == true }
    #expect(done >= 20 && unknown >= 1 && done + unknown == 200)
    #expect(done...(done + 1) ~= arrived.count, "what the device has is done, but for the one that was under way")

    // Who asks again is told the same, and nothing is sent.
    let again = try jobs.map { try person.bus.job(EvominToDevice.self, resuming: $0.request) }
    let late = try Person(manager.tcp, [.evominResult], name: "late")
    try late.bus.barrier()
    let kept = try late.leftOver(EvominResult.self)
    #expect(Set(kept.map(\.request)).count == kept.count && kept.count == 200)
    #expect(kept.allSatisfy { result in jobs.contains { $0.outcome == result } })
    #expect(again.count == 200 && received(device) == arrived)
  }

  @Test(
    "each have one result when the manager is killed with hundreds on their way, also for an asker in Python",
    .enabled(if: RunningProgram.hasPython, "python3 is not installed"))
  func managerKilled() throws {
    var manager = try Manager(folder: folder)
    let device = try device(manager)
    let bridge = try bridge(manager)
    var person = try Person(manager.tcp, [.evominResult, .evominStatus])
    try waitForAnswer(person, bridge)
    let asker = try RunningProgram(
      "framebus", ["\(manager.tcp)"], environment: ["PYTHONDONTWRITEBYTECODE": "1"],
      shell: "shift; cd '\(Fixture.packageDirectory.appending(path: "Examples/python").path)' && exec python3 -c '"
        + Self.asker + "' \"$@\"")
    try person.expect(EvominStatus.self, asker.errors.all) { $0.queueLength >= 100 && $0.acknowledged >= 20 }
    try manager.program.killAndWait()
    try bridge.waitForLog("event=disconnected")
    // What the bridge has is finished without a manager; on a busy machine the asker may not have sent all.
    try Deadline.wait(for: "the device has what the bridge had") { received(device).count >= 120 }
    manager = try Manager(tcp: manager.tcp, folder: folder)
    person = try Person(manager.tcp, [.evominStatus])
    #expect(try asker.exitCode() == 0, "\(asker.errors.all)")
    #expect(asker.output.lines == ["250 DONE", "250 seen"])
    try person.bus.request(.evominStatus)
    try person.expect(EvominStatus.self) { $0.acknowledged == 251 && $0.queueLength == 0 && $0.dropped == 0 }
    #expect(Set(received(device)).count == 250 && received(device).count == 250)
  }

  /// Asks for 250 commands at once, and says how many ended how and how many different results there were.
  private static let asker = """
    import collections, sys, time
    from framebus import Client
    bus = Client("asker", sys.argv[1])
    jobs = [bus.job("EVOMIN_TO_DEVICE", command=64, payload=bytes([number])) for number in range(250)]
    end = time.monotonic() + 100
    while any(job.outcome is None for job in jobs) and time.monotonic() < end:
        bus.turn(0.05)
        for job in jobs:
            job.poll()
    for outcome, count in collections.Counter(job.outcome["outcome"] for job in jobs).items():
        print(count, outcome)
    print(len({job.frame.timestamp for job in jobs}), "seen")
    """

  @Test("are asked for by the tool without the names of other frames")
  func tool() throws {
    let manager = try Manager(folder: folder)
    let bridge = try manager.module("evomin-bridge", ["--sim"])
    let person = try Person(manager.tcp, [.evominStatus])
    try person.expect(EvominStatus.self, bridge.errors.all) { $0.open }
    let arguments = ["--bus", "\(manager.tcp)", "send", "EVOMIN_TO_DEVICE", "command=0xCD", "payload=0102", "--await"]
    let sent = try RunningProgram("framebus", arguments)
    #expect(try sent.exitCode() == 0, "\(sent.errors.all)")
    #expect(sent.output.wait { $0.contains { $0.contains("outcome=DONE text=\"the device has it\"") } })
    bridge.signal(SIGTERM)
    #expect(try bridge.exitCode() == 0)
    let closed = try manager.module("evomin-bridge", ["--port", port])
    try closed.waitForLog("event=no_port")
    let refused = try RunningProgram("framebus", arguments)
    #expect(try refused.exitCode() != 0)
    #expect(refused.output.wait { $0.contains { $0.contains("outcome=REFUSED text=\"the port is not open") } })
  }
}
