import BusTesting
import BusWire
import Frames
import Testing

@testable import ProgramSupport

@Suite("A module that does not take its frames at once", .ownThread)
struct RunnerTests {
  private struct Lazy: Module {
    let bus: Bus
    /// Frames to take per call.
    var appetite = 0
    var earlyCalls = 0
    var taken = 0

    init(bus: Bus) {
      self.bus = bus
      bus.listen(for: .buttonState)
    }

    mutating func process() throws {
      if !bus.isBeat { earlyCalls += 1 }
      for _ in 0..<appetite where bus.hasData {
        _ = try bus.getData()
        taken += 1
      }
    }
  }

  private let mock: MockBus

  init() throws { mock = try MockBus() }

  private func runner(appetite: Int, frames: Int) throws -> ModuleRunner<Lazy> {
    var module = Lazy(bus: mock.bus)
    module.appetite = appetite
    var runner = ModuleRunner(module, bus: mock.bus)
    runner.turn()
    for _ in 0..<frames { try mock.deliver(ButtonState(pressed: true)) }
    return runner
  }

  @Test("is woken once for what arrived, and then left alone until the beat")
  func leavesFrames() throws {
    var runner = try runner(appetite: 0, frames: 3)
    for _ in 0..<20 { runner.turn() }
    #expect(runner.module.earlyCalls == 1)
    try mock.deliver(ButtonState(pressed: true))
    for _ in 0..<20 { runner.turn() }
    #expect(runner.module.earlyCalls == 2)
  }

  @Test("is called again at once as long as it takes one")
  func takesOne() throws {
    var runner = try runner(appetite: 1, frames: 10)
    for _ in 0..<10 { runner.turn() }
    #expect(runner.module.taken == 10)
  }

  @Test("sleeps until the beat even when its inbox is full")
  func fullInbox() throws {
    var runner = try runner(appetite: 0, frames: 30_000)
    for _ in 0..<20 { runner.turn() }
    #expect(runner.module.earlyCalls <= 3)
    var count = 0
    while mock.bus.hasData {
      _ = try mock.bus.getData()
      count += 1
    }
    #expect(count == 30_000)
  }
}
