import BusSystem
import BusTesting
import Frames
import Testing

@testable import BusClient

@Suite("Waking")
struct WakeTests {
  /// Takes note of when it is called; it reads none of its descriptors.
  struct Sleeper: Module {
    let bus: Bus
    var calls: [Duration] = []
    var beats = 0
    var readyCalls = 0
    var frames = 0
    var watched: FileDescriptor?

    init(bus: Bus) {
      self.bus = bus
      bus.listen(for: .buttonState)
    }

    mutating func process() throws {
      calls.append(bus.now)
      if bus.isBeat { beats += 1 }
      if let watched, bus.isReady(watched) { readyCalls += 1 }
      while bus.hasData {
        _ = try bus.getData()
        frames += 1
      }
    }
  }

  let mock: MockBus

  init() throws { mock = try MockBus() }

  /// A runner after its first beat.
  private func runner(watching descriptor: FileDescriptor? = nil) -> ModuleRunner<Sleeper> {
    var module = Sleeper(bus: mock.bus)
    module.watched = descriptor
    var runner = ModuleRunner(module, bus: mock.bus)
    runner.turn()
    return runner
  }

  @Test("process is called at the time that was set, once, and that is not a beat")
  func time() {
    var runner = runner()
    let start = mock.bus.now
    mock.bus.wake(at: start + .milliseconds(7))
    runner.turn()
    #expect(runner.module.calls.last == start + .milliseconds(7))
    #expect(mock.bus.wakeTime == nil)
    #expect(runner.module.beats == 1)
    runner.turn()
    #expect(runner.module.calls.last == start + .milliseconds(50))
    #expect(runner.module.calls.count == 3 && runner.module.beats == 2)
  }

  @Test("the last time that was set counts; nil takes it back")
  func replaced() {
    var runner = runner()
    let start = mock.bus.now
    mock.bus.wake(at: start + .milliseconds(5))
    mock.bus.wake(at: start + .milliseconds(9))
    runner.turn()
    #expect(runner.module.calls.last == start + .milliseconds(9))
    mock.bus.wake(at: start + .milliseconds(11))
    mock.bus.wake(at: nil)
    runner.turn()
    #expect(runner.module.calls.last == start + .milliseconds(50))
  }

  @Test("a time that has passed is due at once; one behind the next beat stays set")
  func pastAndFuture() {
    var runner = runner()
    let start = mock.bus.now
    mock.bus.wake(at: .zero)
    runner.turn()
    #expect(runner.module.calls.last == start)
    mock.bus.wake(at: start + .milliseconds(60))
    runner.turn()
    #expect(runner.module.calls.last == start + .milliseconds(50))
    runner.turn()
    #expect(runner.module.calls.last == start + .milliseconds(60))
    #expect(runner.module.beats == 2)
  }

  @Test("a module under test sees the time that it has set, until it has come")
  func mockedTime() throws {
    var module = Sleeper(bus: mock.bus)
    let time = mock.bus.now + .milliseconds(5)
    mock.bus.wake(at: time)
    try mock.turn(&module, isBeat: false)
    #expect(mock.bus.wakeTime == time)
    mock.advance(by: .milliseconds(5))
    try mock.turn(&module, isBeat: false)
    #expect(mock.bus.wakeTime == nil)
  }

  @Test("a descriptor wakes before the beat, until that is ended")
  func descriptor() throws {
    let wakeup = try Wakeup()
    var runner = runner(watching: wakeup.descriptor)
    mock.bus.wake(on: wakeup.descriptor)
    wakeup.signal()
    runner.turn()
    #expect(runner.module.readyCalls == 1 && runner.module.beats == 1)
    mock.bus.stopWaking(on: wakeup.descriptor)
    #expect(!mock.bus.isReady(wakeup.descriptor))
    runner.turn()
    #expect(runner.module.readyCalls == 1 && runner.module.beats == 2)
  }

  @Test("a descriptor wakes for writing only if that was asked for")
  func writing() throws {
    let wakeup = try Wakeup()
    var runner = runner(watching: wakeup.descriptor)
    mock.bus.wake(on: wakeup.descriptor)
    runner.turn()
    #expect(runner.module.readyCalls == 0)
    mock.bus.wake(on: wakeup.descriptor, writing: true)
    runner.turn()
    #expect(runner.module.readyCalls == 1)
    mock.bus.wake(on: wakeup.descriptor)
    runner.turn()
    #expect(runner.module.readyCalls == 1)
  }

  @Test("a descriptor that nobody reads wakes 64 times and then ten times in a millisecond; beats and frames go on")
  func unread() throws {
    let wakeup = try Wakeup()
    var runner = runner(watching: wakeup.descriptor)
    let start = mock.bus.now
    mock.bus.wake(on: wakeup.descriptor)
    wakeup.signal()
    for number in UInt32(1)...1000 {
      try mock.deliver(ButtonState(pressed: true), from: number)
      runner.turn()
    }
    #expect(runner.module.frames == 1000)
    while mock.bus.now < start + .milliseconds(200) { runner.turn() }
    #expect(runner.module.beats == 5)
    #expect((2000...64 + 2000).contains(runner.module.readyCalls), "\(runner.module.readyCalls)")
  }

  @Test("it does not keep a wait for something else busy either")
  func unreadWhileWaiting() throws {
    let wakeup = try Wakeup()
    mock.bus.wake(on: wakeup.descriptor)
    wakeup.signal()
    mock.setTakesFrames(false)
    #expect(throws: BusError.self) { try mock.bus.barrier(timeout: .milliseconds(100)) }
    #expect(mock.bus.waitForData(timeout: .milliseconds(100)) == false)
  }

  @Test("a wait for descriptors is ended by one that is readable, not by one that is only writable")
  func readable() throws {
    let wakeup = try Wakeup()
    let start = mock.bus.now
    mock.bus.wait(for: [wakeup.descriptor], until: start + .milliseconds(50))
    #expect(mock.bus.now == start + .milliseconds(50))
    wakeup.signal()
    mock.bus.wait(for: [wakeup.descriptor], until: start + .milliseconds(90))
    #expect(mock.bus.now == start + .milliseconds(50))
  }

  @Test("after the module has stopped, nothing waits for its descriptors")
  func stopped() throws {
    let wakeup = try Wakeup()
    mock.bus.wake(on: wakeup.descriptor)
    mock.bus.wake(at: .seconds(5))
    var runner = runner()
    runner.stop()
    wakeup.signal()
    let start = mock.bus.now
    #expect(!mock.bus.waitForData(timeout: .milliseconds(100)))
    #expect(mock.bus.now == start + .milliseconds(100) && mock.bus.wakeTime == nil)
  }

  @Test("times beyond all bounds are for ever, and negative ones are over")
  func bounds() throws {
    let ever = Duration.seconds(Int64.max)
    let never = Duration.seconds(Int64.min)
    try mock.answer(.buttonState, with: ButtonState(pressed: true))
    #expect(try mock.bus.ask(ButtonState.self, timeout: ever).pressed)
    try mock.bus.barrier(timeout: ever)
    try mock.bus.connect(timeout: ever)
    try mock.bus.connect(timeout: nil)
    mock.bus.listen(for: .buttonState)
    for timeout in [nil, ever, .zero, never] {
      try mock.deliver(ButtonState(pressed: true))
      #expect(mock.bus.waitForData(timeout: timeout))
      _ = try mock.bus.getData()
    }
    #expect(!mock.bus.waitForData(timeout: never))
    var runner = runner()
    let start = mock.bus.now
    mock.bus.wake(at: ever)
    runner.turn()
    #expect(mock.bus.now == start + .milliseconds(50) && mock.bus.wakeTime == ever)
  }
}
