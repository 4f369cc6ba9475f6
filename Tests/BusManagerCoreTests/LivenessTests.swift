import BusWire
import Testing

@testable import BusManagerCore

@Suite("Liveness")
struct LivenessTests {
  let harness = BrokerHarness()

  private func pings(_ client: BrokerClient) throws -> [Ping] { try client.readAll(Ping.self) }

  private func pass(seconds: Int) {
    for _ in 0..<seconds { harness.advance(milliseconds: 1000) }
  }

  @Test("a module that is silent is asked, and left alone while it answers")
  func answers() throws {
    let module = try harness.module("module")
    let watcher = try harness.module("watcher", observer: true)
    try watcher.listen(ModuleStatus.frameType.id)
    _ = watcher.read()
    for _ in 0..<30 {
      pass(seconds: 1)
      for ping in try pings(module) { try module.send(Pong(token: ping.token)) }
    }
    #expect(try watcher.readAll(ModuleStatus.self).isEmpty)
  }

  @Test("a module that sends is not asked")
  func busy() throws {
    let module = try harness.module("module")
    for _ in 0..<10 {
      pass(seconds: 1)
      module.send(type: 5)
    }
    #expect(try pings(module).isEmpty)
  }

  @Test("a module that does not answer for 5 s hangs, is never cut off, and joins again at its next PONG")
  func hangs() throws {
    let module = try harness.module("module")
    let watcher = try harness.module("watcher", observer: true)
    try watcher.listen(ModuleStatus.frameType.id)
    _ = watcher.read()
    pass(seconds: 6)
    #expect(try watcher.readAll(ModuleStatus.self).isEmpty)
    pass(seconds: 2)
    #expect(try watcher.readAll(ModuleStatus.self).map(\.state) == [.hung])
    pass(seconds: 60)
    let ping = try #require(try pings(module).first)
    try module.send(Pong(token: ping.token))
    let back = try watcher.readAll(ModuleStatus.self)
    #expect(back.map(\.state) == [.joined])
    #expect(back.first?.reason == "it answers again")
  }

  @Test("the clock stands while the manager does not read a module")
  func excused() throws {
    var limits = ManagerLimits()
    limits.queueBytesMax = 4096
    let harness = BrokerHarness(limits: limits)
    func pass(seconds: Int) { for _ in 0..<seconds { harness.advance(milliseconds: 1000) } }
    func state(of module: BrokerClient) -> ModuleState? { harness.broker.counters(of: module.id)?.state }
    let module = try harness.module("module")
    pass(seconds: 3)
    #expect(try pings(module).count == 1)
    while !module.isWaiting { try module.send(Ping(token: 1)) }
    pass(seconds: 20)
    #expect(state(of: module) == .joined)
    _ = module.read()
    #expect(!module.isWaiting)
    pass(seconds: 3)
    #expect(state(of: module) == .joined)
    pass(seconds: 3)
    #expect(state(of: module) == .hung)
  }

  @Test("the name of a module that hangs can be taken over; a late listener sees who hangs")
  func takeover() throws {
    let hung = try harness.module("led")
    pass(seconds: 9)
    let watcher = try harness.module("watcher", observer: true)
    try watcher.listen(ModuleStatus.frameType.id)
    #expect(try watcher.readAll(ModuleStatus.self).map(\.state) == [.hung])
    let successor = try harness.module("led")
    #expect(harness.broker.counters(of: successor.id) != nil)
    #expect(try hung.readGoodbye()?.code == .nameTaken)
    #expect(try watcher.readAll(ModuleStatus.self).map(\.state) == [.lost, .joined])
  }
}
