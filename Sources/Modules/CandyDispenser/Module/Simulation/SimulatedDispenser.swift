import BusClient
import CandyDispenserSimulator
import Frames

/// A simulated candy dispenser at a serial port of its own, controlled by CANDY_SIMULATE frames.
struct SimulatedDispenser: DeviceSimulation, ~Copyable {
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
    bus.log(.info, "simulated_dispenser", ["port": port.path, "firmware": firmware.rawValue])
    bus.wake(on: port.descriptor)
    self.bus = bus
    self.port = port
  }

  deinit { bus.stopWaking(on: port.descriptor) }

  /// Where the port is.
  var path: String { port.path }

  /// Readable when `process` has something to do.
  var descriptor: FileDescriptor { port.descriptor }

  var deadline: Duration? { port.deadline }

  mutating func process(at now: Duration) throws { try port.process(at: now) }

  mutating func apply(_ event: CandySimulate, at now: Duration) throws {
    guard let command = SimulationCommand(event) else {
      return bus.log(.warning, "no_such_simulation", ["action": "\(event.action.rawValue)"])
    }
    port.device.machine.apply(command, at: now.inNanoseconds)
    try process(at: now)
  }
}
