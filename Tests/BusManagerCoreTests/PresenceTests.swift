import BusWire
import Testing

@testable import BusManagerCore

@Suite("Presence")
struct PresenceTests {
  let harness = BrokerHarness()

  private func statuses(_ client: BrokerClient) throws -> [ModuleStatus] {
    try client.read().compactMap { try $0.decode(ModuleStatus.self) }
  }

  @Test("a new listener hears of everyone who is there, then of everyone who comes and goes")
  func comings() throws {
    let early = try harness.module("early")
    let watcher = try harness.module("watcher")
    try watcher.listen(ModuleStatus.frameType.id)
    #expect(try statuses(watcher).map(\.name) == ["early"])
    let late = try harness.module("late", instance: 3)
    let joined = try #require(try statuses(watcher).first)
    #expect(
      joined
        == ModuleStatus(
          module: late.source, state: .joined, instance: 3, observer: false, pid: 7, name: "late", reason: ""))
    try late.send(Goodbye(code: .leaving, text: "stopped"))
    let left = try #require(try statuses(watcher).first)
    #expect(left.state == .left)
    #expect(left.reason == "stopped")
    early.close()
    let lost = try #require(try statuses(watcher).first)
    #expect(lost.state == .lost)
    #expect(lost.name == "early")
  }

  @Test("listening for the same again introduces nobody twice")
  func again() throws {
    _ = try harness.module("early")
    let watcher = try harness.module("watcher")
    try watcher.listen(ModuleStatus.frameType.id)
    try watcher.listen(ModuleStatus.frameType.id, 5)
    #expect(try statuses(watcher).count == 1)
  }

  @Test("a module that is cut for an offence is lost, with the reason")
  func cut() throws {
    let bad = try harness.module("bad")
    let watcher = try harness.module("watcher")
    try watcher.listen(ModuleStatus.frameType.id)
    _ = watcher.read()
    bad.send(type: 0)
    let lost = try #require(try statuses(watcher).first)
    #expect(lost.state == .lost)
    #expect(lost.reason == "frame id 0 means all frames and cannot be sent")
  }

  @Test("GOODBYE is answered with GOODBYE, and the name is free at once")
  func goodbye() throws {
    let module = try harness.module("led")
    try module.send(Goodbye(code: .leaving, text: ""))
    #expect(try module.readGoodbye()?.code == .leaving)
    #expect(module.isFinished)
    _ = try harness.module("led")
  }

  @Test("shutdown sends what waits, then GOODBYE, and gives up on those who do not read")
  func shutdown() throws {
    let sender = try harness.module("sender")
    let listener = try harness.module("listener")
    try listener.listen(5)
    sender.send(type: 5)
    harness.broker.shutDown()
    let frames = listener.read()
    #expect(frames.map(\.header.type) == [5, Goodbye.frameType.id])
    #expect(try frames.last?.decode(Goodbye.self)?.code == .shutdown)
    listener.close()
    harness.advance(milliseconds: 2_100)
    #expect(harness.cut == [sender.id])
    #expect(harness.broker.sessionCount == 0)
  }
}
