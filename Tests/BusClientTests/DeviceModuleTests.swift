import BusSystem
import BusTesting
import Testing

@testable import BusClient

@Suite("A module with a serial device")
struct DeviceModuleTests {
  /// Sends back what its device sends, one more each.
  struct Counter: Module, ~Copyable {
    static let port = Option("port", value: "PATH", "Its serial port.")
    static let options: [any ProgramOption] = [port]
    let bus: Bus
    var line: SerialLine
    var events: [SerialLine.Event] = []
    var earlyAnswers = 0

    init(bus: Bus) throws {
      guard let port = bus.options[Self.port] else { throw UsageError("--port is missing") }
      line = try SerialLine(path: port, baud: 9600)
      self.bus = bus
      bus.wake(on: line.descriptor)
    }

    mutating func process() {
      if let event = line.poll(now: bus.now) { events.append(event) }
      var bytes: [UInt8] = []
      if let event = line.read(into: &bytes) { events.append(event) }
      guard !bytes.isEmpty, line.write(bytes.map { $0 &+ 1 }) else { return }
      if !bus.isBeat { earlyAnswers += 1 }
    }

    mutating func stop() { line.close() }
  }

  /// What the device reads within a number of turns.
  private func answer(of runner: inout ModuleRunner<Counter>, to device: borrowing PseudoTerminal, _ byte: UInt8)
    -> UInt8?
  {
    var byte = byte
    _ = withUnsafeBytes(of: &byte) { device.descriptor.write($0) }
    for _ in 0..<200 where !device.descriptor.isReadable { runner.turn() }
    return withUnsafeMutableBytes(of: &byte) { device.descriptor.read(into: $0) } == .bytes(1) ? byte : nil
  }

  /// Plays a day of the device, on any bus.
  private func play(_ bus: Bus, _ device: consuming PseudoTerminal) throws {
    var runner = ModuleRunner(try Counter(bus: bus), bus: bus)
    runner.turn()
    #expect(runner.module.events == [.opened])
    for byte in UInt8(1)...20 { #expect(answer(of: &runner, to: device, byte) == byte + 1) }
    #expect(runner.module.earlyAnswers > 0, "its descriptor wakes it between two beats")
    let link = device.link
    device.unplug()
    for _ in 0..<200 where runner.module.line.isOpen { runner.turn() }
    let again = try PseudoTerminal(link: link)
    for _ in 0..<200 where !runner.module.line.isOpen { runner.turn() }
    #expect(runner.module.events.count >= 3 && runner.module.events.last == .opened)
    #expect(answer(of: &runner, to: again, 7) == 8)
    runner.stop()
    #expect(runner.module.line.isOpen == false)
  }

  /// No other process has this path.
  private func link(_ name: String) -> String { "/tmp/bus-\(Process.id)-\(name)" }

  @Test("serves it without a manager, and finds it again when it was unplugged")
  func withoutManager() throws {
    let device = try PseudoTerminal(link: link("alone"))
    var configuration = BusConfiguration(name: "counter")
    configuration.address = .unix(path: "/nowhere/bus.sock")
    configuration.log = Log(level: .error) { _ in }
    configuration.options = try GivenOptions(["--port", link("alone")], Counter.options)
    let bus = try Bus(configuration)
    defer { bus.stop() }
    try play(bus, device)
  }

  @Test("does the same under test, on the clock of the test")
  func underTest() throws {
    let device = try PseudoTerminal(link: link("mock"))
    let mock = try MockBus(options: ["--port", link("mock")], for: Counter.self)
    try play(mock.bus, device)
  }
}
