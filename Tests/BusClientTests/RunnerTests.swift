import BusTesting
import BusWire
import Frames
import Testing

@testable import BusClient

@Suite("Runner")
struct RunnerTests {
  /// Takes note of what it is called with, and throws for a button that is pressed.
  struct Recorder: Module {
    struct Failure: Error {}
    let bus: Bus
    var beats = 0
    var calls = 0
    var frames: [UInt32] = []
    var didStop = false

    init(bus: Bus) {
      self.bus = bus
      bus.listen(for: .buttonState)
    }

    mutating func process() throws {
      calls += 1
      if bus.isBeat { beats += 1 }
      while bus.hasData {
        let frame = try bus.getData()
        frames.append(frame.source)
        if try frame.decode(ButtonState.self)?.pressed == true { throw Failure() }
      }
    }

    mutating func stop() { didStop = true }
  }

  /// Handles frames as long as there are any; the next one is there as soon as one is handled.
  struct Flooded: Module {
    let bus: Bus
    var refill: () throws -> Void = {}
    var frames = 0
    var calls = 0

    init(bus: Bus) {
      self.bus = bus
      bus.listen(for: .buttonState)
    }

    mutating func process() throws {
      calls += 1
      while bus.hasData, frames < 10_000 {
        _ = try bus.getData()
        frames += 1
        try refill()
      }
    }
  }

  /// Takes one frame a call.
  struct Slow: Module {
    let bus: Bus
    var sources: [UInt32] = []

    init(bus: Bus) {
      self.bus = bus
      bus.listen(for: .buttonState)
    }

    mutating func process() throws {
      if let frame = bus.nextFrame() { sources.append(frame.source) }
    }
  }

  let mock: MockBus

  init() throws {
    mock = try MockBus()
  }

  @Test("a module that takes a part of what came is called again at once")
  func part() throws {
    var runner = ModuleRunner(Slow(bus: mock.bus), bus: mock.bus)
    runner.turn()
    for source: UInt32 in 1...2 { try mock.deliver(ButtonState(pressed: false), from: source) }
    let start = mock.bus.now
    for _ in 0..<2 { runner.turn() }
    #expect(runner.module.sources == [1, 2] && mock.bus.now == start)
  }

  @Test("a flood that never ends does not keep process() from returning, and none of it is left lying")
  func flood() throws {
    var module = Flooded(bus: mock.bus)
    module.refill = { [mock] in try mock.deliver(ButtonState(pressed: false)) }
    try module.refill()
    var runner = ModuleRunner<Flooded>(module, bus: mock.bus)
    while runner.module.frames < 100 { runner.turn() }
    #expect(runner.module.frames < 200 && runner.module.calls > 10)
    #expect(mock.bus.hasData, "outside of a turn it looks as often as it is asked")
  }

  @Test("process is called on the beat, every 50 ms, connected or not")
  func beat() throws {
    var runner = ModuleRunner<Recorder>(Recorder(bus: mock.bus), bus: mock.bus)
    for _ in 0..<10 { runner.turn() }
    #expect(runner.module.beats == 10)
    mock.disconnect(managerIsThere: false)
    for _ in 0..<40 { runner.turn() }
    #expect(runner.module.beats > 20)
  }

  @Test("frames are handled before the next beat")
  func early() throws {
    var runner = ModuleRunner<Recorder>(Recorder(bus: mock.bus), bus: mock.bus)
    runner.turn()
    try mock.deliver(ButtonState(pressed: false), from: 9)
    runner.turn()
    #expect(runner.module.frames == [9])
    #expect(runner.module.beats == 1)
    #expect(runner.module.calls == 2)
  }

  @Test("an error does not keep the rest of the frames waiting")
  func errors() throws {
    var runner = ModuleRunner<Recorder>(Recorder(bus: mock.bus), bus: mock.bus)
    for source in UInt32(1)...5 { try mock.deliver(ButtonState(pressed: source % 2 == 0), from: source) }
    runner.turn()
    #expect(runner.module.frames == [1, 2, 3, 4, 5])
  }

  @Test("errors of one cause have the same id, whatever the values; those of another frame or sender have not")
  func causes() throws {
    func id(_ payload: [UInt8], from source: UInt32 = 7) throws -> String {
      mock.bus.listen(for: .buttonState)
      mock.deliver(payload: payload, type: 1, from: source)
      let frame = try mock.bus.getData()
      return try #require(#expect(throws: BusError.self) { try frame.decode(ButtonState.self) }).causeID
    }
    #expect(try id([2]) == id([3]))
    #expect(try id([2]) != id([]))
    #expect(try id([2]) != id([2], from: 8))
  }

  @Test("a long turn does not make up for the beats that it missed")
  func missed() throws {
    var runner = ModuleRunner<Recorder>(Recorder(bus: mock.bus), bus: mock.bus)
    runner.turn()
    mock.advance(by: .milliseconds(1000))
    runner.turn()
    runner.turn()
    #expect(runner.module.beats == 3)
    runner.stop()
    #expect(runner.module.didStop)
  }
}
