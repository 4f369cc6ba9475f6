import BusTesting
import BusWire
import Frames
import Synchronization
import Testing

@testable import BusClient
@testable import BusTesting

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

    mutating func stop() {
      for _ in 0..<3 {
        try? process()
        bus.wait(for: [], until: bus.now)
      }
    }
  }

  /// Does not return for this long.
  struct Lazy: Module {
    let bus: Bus
    var work: () -> Void = {}

    init(bus: Bus) { self.bus = bus }

    mutating func process() { work() }
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
    let before = runner.module.frames
    runner.stop()
    #expect(
      (9...50).contains(runner.module.frames - before),
      "and stop() ends like process(), and looks again after each wait")
  }

  @Test("a module that does not return for more than a second is told so, once a minute at most")
  func longTurns() throws {
    let lines = Mutex<[String]>([])
    let link = MockLink()
    var configuration = BusConfiguration(name: "lazy")
    configuration.address = .tcp(host: "mock", port: 0)
    configuration.log = Log { line in lines.withLock { $0.append(line) } }
    var module = Lazy(bus: try Bus(configuration, link: link))
    module.work = { link.advance(by: .milliseconds(1000)) }
    var runner = ModuleRunner<Lazy>(module, bus: module.bus)
    func logged() -> [String] { lines.withLock { $0 }.filter { $0.contains("event=long_turn") } }
    runner.turn()
    #expect(logged().isEmpty)
    module.work = { link.advance(by: .milliseconds(1001)) }
    runner = ModuleRunner<Lazy>(module, bus: module.bus)
    while link.monotonicTime < 100_000_000_000 { runner.turn() }
    #expect(logged().count == 2)
    #expect(logged()[0].contains("module=lazy turns=1 longest_ms=1001"), "\(logged())")
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
