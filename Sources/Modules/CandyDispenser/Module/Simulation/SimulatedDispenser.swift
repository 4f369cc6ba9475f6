import BusClient
import CandyDispenserSimulator
import Frames

/// A simulated candy dispenser at a serial port of its own, to which CANDY_SIMULATE frames happen.
struct SimulatedDispenser: ~Copyable {
  /// For modules that run one.
  static let options: [CommandOptions.Option] = [
    .init("sim-firmware", value: "NAME", "What the simulated dispenser runs: robust, real or march2024 (robust)."),
    .init("sim-path", value: "PATH", "Where the simulated dispenser's port is, such as /dev/ttyACM9."),
  ]

  private let bus: Bus
  private var port: SimulatedPort<PluggedDispenser>

  /// Plugs a dispenser in.
  ///
  /// - Throws: `UsageError` for a firmware that there is not, `SystemError` if the port cannot be made.
  init(bus: Bus) throws {
    let name = bus.options.value("sim-firmware") ?? SimulatedFirmware.robust.rawValue
    guard let firmware = SimulatedFirmware(rawValue: name) else {
      throw CommandOptions.UsageError("--sim-firmware: '\(name)' is none of robust, real, march2024")
    }
    let machine = SimulatedCandyMachine(
      firmware: firmware, random: SystemRandomNumberGenerator(), at: bus.now.inNanoseconds)
    let port = try SimulatedPort(PluggedDispenser(machine: machine), path: bus.options.value("sim-path"))
    bus.configuration.log(.info, "simulated_dispenser", ["port": port.path, "firmware": name])
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
