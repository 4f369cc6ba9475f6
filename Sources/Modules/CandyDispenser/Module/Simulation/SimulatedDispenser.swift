import BusClient
import CandyDispenserSimulator
import Frames

/// A simulated candy dispenser at a serial port of its own, to which CANDY_SIMULATE frames happen.
struct SimulatedDispenser: ~Copyable {
  /// For modules that run one.
  private static let firmware = Option(
    "sim-firmware", default: SimulatedFirmware.robust, "What the simulated dispenser runs")
  private static let path = Option(
    "sim-path", value: "PATH", "Where the simulated dispenser's port is, such as /dev/ttyACM9.")
  static let options: [any ProgramOption] = [firmware, path]

  private let bus: Bus
  private var port: SimulatedPort<PluggedDispenser>

  /// Plugs a dispenser in.
  ///
  /// - Throws: `SystemError` if the port cannot be made.
  init(bus: Bus) throws {
    let firmware = bus.options[Self.firmware]
    let machine = SimulatedCandyMachine(
      firmware: firmware, random: SystemRandomNumberGenerator(), at: bus.now.inNanoseconds)
    let port = try SimulatedPort(PluggedDispenser(machine: machine), path: bus.options[Self.path])
    bus.configuration.log(.info, "simulated_dispenser", ["port": port.path, "firmware": firmware.rawValue])
    bus.wake(on: port.descriptor)
    self.bus = bus
    self.port = port
  }

  deinit { bus.stopWaking(on: port.descriptor) }

  /// Where the port is.
  var path: String { port.path }

  /// Readable when `process` has something to do.
  var descriptor: FileDescriptor { port.descriptor }

  /// When `process` is due next, in monotonic nanoseconds.
  var deadline: UInt64? { port.deadline?.inNanoseconds }

  /// Lets the dispenser do what is due and what was sent to it.
  mutating func process(at now: UInt64) throws {
    try port.process(at: .nanoseconds(now))
  }

  /// Lets something happen to it.
  mutating func apply(_ event: CandySimulate, at now: UInt64) throws {
    guard let command = SimulationCommand(event) else {
      return bus.configuration.log(.warning, "no_such_simulation", ["action": "\(event.action.rawValue)"])
    }
    port.device.machine.apply(command, at: now)
    try process(at: now)
  }
}
