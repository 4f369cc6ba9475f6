import BusClient
import BusTesting
import Frames
import Testing

@testable import __module__

/// The module with its simulated device, on a bus in memory: everything between them is as with a real one.
@Suite("The module of __name__")
struct __Name__ModuleTests {
  private let mock: MockBus

  init() throws { mock = try MockBus(options: ["--sim"], for: __Name__Module.self) }

  /// Takes turns, and lets the time pass, until a condition holds.
  private func turn(
    _ module: inout __Name__Module, for what: Comment, until isReached: () throws -> Bool
  ) throws {
    for _ in 0..<1000 {
      try mock.turn(&module)
      if try isReached() { return }
      mock.advance(by: .milliseconds(50))
    }
    Issue.record(what)
  }

  @Test("sends what the device measures, and says that it is connected")
  func reads() throws {
    var module = try __Name__Module(bus: mock.bus)
    try turn(&module, for: "a reading") { try !mock.sent(__Name__Reading.self).isEmpty }
    #expect(try mock.sent(__Name__Reading.self).first?.temperature == 21.5)
    try turn(&module, for: "a status") { try mock.sent(__Name__Status.self).last?.link == .connected }
    module.stop()
  }

  @Test("says that the device is unplugged, and recovers when it is back")
  func unplugged() throws {
    var module = try __Name__Module(bus: mock.bus)
    try turn(&module, for: "a connection") { try mock.sent(__Name__Status.self).last?.link == .connected }
    try mock.deliver(__Name__Simulate(event: .unplug, value: 3000))
    try turn(&module, for: "the loss") { try mock.sent(__Name__Status.self).last?.link == .closed }
    try turn(&module, for: "the return") { try mock.sent(__Name__Status.self).last?.link == .connected }
    module.stop()
  }

  @Test("counts questions that are not answered, and says what to look at")
  func silent() throws {
    var module = try __Name__Module(bus: mock.bus)
    try mock.deliver(__Name__Simulate(event: .silence, value: 5000))
    try turn(&module, for: "silence") { try (mock.sent(__Name__Status.self).last?.unanswered ?? 0) > 0 }
    #expect(try mock.sent(__Name__Status.self).last?.reason.contains("switched on") == true)
    try turn(&module, for: "an answer") { try mock.sent(__Name__Status.self).last?.link == .connected }
    module.stop()
  }

  @Test("refuses to start without a port, and with options that mean nothing")
  func options() throws {
    #expect(throws: UsageError.self) { _ = try __Name__Module(bus: MockBus(options: [], for: __Name__Module.self).bus) }
    let both = try MockBus(options: ["--port", "/dev/null", "--sim-path", "/tmp/x"], for: __Name__Module.self)
    #expect(throws: UsageError.self) { _ = try __Name__Module(bus: both.bus) }
  }
}
