import BusClient
import BusTesting
import Frames
import Testing

@testable import blender

@Suite("The module of blender")
struct BlenderModuleTests {
  @Test("says how it is")
  func status() throws {
    let mock = try MockBus(options: ["--sim"], for: BlenderModule.self)
    var module = try BlenderModule(bus: mock.bus)
    try mock.turn(&module)
    #expect(try mock.sent(BlenderStatus.self).count == 1)
    module.stop()
  }

  @Test("refuses to start without pumps")
  func options() throws {
    #expect(throws: UsageError.self) { _ = try BlenderModule(bus: MockBus(options: [], for: BlenderModule.self).bus) }
  }
}
