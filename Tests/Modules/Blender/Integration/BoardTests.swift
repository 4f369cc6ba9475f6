import Frames
import Glibc
import TestSupport
import Testing

@testable import ProgramSupport

/// The Arduino dispenser takes 3 s before and 7 s after each pour, in its simulation too.
@Suite("Drinks by the Arduino dispenser", .ownThread)
struct BoardTests {
  private let manager: Manager
  private let board: RunningProgram
  private let module: RunningProgram
  private let person: Person
  private let folder: TemporaryFolder

  init() throws {
    manager = try Manager()
    folder = try TemporaryFolder()
    board = try manager.module("blender-simulator", ["--sim-path", folder.path("port")])
    try board.waitForLog("event=simulated_dispenser")
    module = try manager.module("blender", ["--arduino", folder.path("port"), "--no-websocket"])
    person = try Person(manager.tcp, [.blenderOutcome, .blenderStatus, .blenderProgress])
    try person.expect(BlenderStatus.self, module.errors.all) { $0.ready }
  }

  /// 213 s/L: 0.9 and 1.7 s, which the board rounds to 1 and 2 s.
  private func order(_ request: UInt32) throws {
    let shares = [BlenderShare(pump: 5, ratio: 0.8), BlenderShare(pump: 1, ratio: 0.4)]
    try person.send(BlenderOrder(request: request, cup: 0.01, shares: shares))
  }

  @Test("are served pump by pump, and a cancel begins no further one")
  func cancelled() throws {
    try order(1)
    let first = try person.expect(BlenderProgress.self) { $0.running == [1] }
    #expect(first.initialTime >= 23, "1 + 2 s, and 10 s around each")
    try person.send(BlenderCancel(request: 1))
    try module.waitForLog("the dispenser cannot be stopped: it may pour")
    let outcome = try person.expect(BlenderOutcome.self)
    #expect(outcome.outcome == .cancelled && outcome.runs.map(\.pump) == [1] && outcome.runs.map(\.time) == [1])
  }

  @Test("fail at once when its plug is pulled, and no other is begun while it may be pouring")
  func unplugged() throws {
    try order(1)
    try person.expect(BlenderProgress.self) { $0.running == [1] }
    try person.send(BlenderSimulate(event: .unplug, value: 500))
    let outcome = try person.expect(BlenderOutcome.self)
    #expect(outcome.outcome == .failed && outcome.mayHavePoured)
    #expect(outcome.text.hasPrefix("pump 1: the dispenser's plug was pulled; it may pour"))
    try person.expect(BlenderStatus.self) { !$0.ready }
    try person.expect(BlenderStatus.self) { $0.ready }
    try order(2)
    let refused = try person.expect(BlenderOutcome.self)
    #expect(refused.outcome == .refused && refused.text.hasPrefix("the dispenser may be pouring still"))
  }

  @Test("may have been poured when the module ends before the board")
  func ended() throws {
    try order(1)
    try person.expect(BlenderProgress.self) { $0.running == [1] }
    module.signal(SIGTERM)
    let outcome = try person.expect(BlenderOutcome.self)
    #expect(outcome.outcome == .failed && outcome.mayHavePoured)
    #expect(outcome.text.hasPrefix("the blender was stopped, and the pumps may be running still"))
    #expect(try module.exitCode() == 0)
  }

  @Test("fail when the board is silent, after one further attempt")
  func silent() throws {
    try person.send(BlenderSimulate(event: .silence, value: 60_000))
    try order(1)
    let outcome = try person.expect(BlenderOutcome.self)
    #expect(outcome.outcome == .failed && outcome.mayHavePoured && outcome.runs.isEmpty)
    #expect(outcome.text.hasPrefix("pump 1: the dispenser does not answer, also after its port was opened again"))
  }
}
