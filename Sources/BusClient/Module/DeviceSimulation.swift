import BusWire
import ProgramKit

/// A device in software at a port of its own, to which frames of one type happen: faults, a hand, a plug that is pulled.
public protocol DeviceSimulation: ~Copyable {
  /// The frame that says what happens to the device.
  associatedtype Command: TypedFrame

  /// Its options beside `--sim`.
  static var options: [any ProgramOption] { get }

  /// Plugs the device in.
  init(bus: Bus) throws

  /// When `process` is due next, as `bus.now` counts; nil if nothing is.
  var deadline: Duration? { get }

  /// Lets the device do what is due and what was sent to it.
  mutating func process(at now: Duration) throws

  /// Lets something happen to it.
  mutating func apply(_ command: Command, at now: Duration) throws
}

extension Module where Self: ~Copyable {
  /// The program of a module whose device has a simulation.
  ///
  ///     static func main() { main(simulation: SimulatedPump.self) }
  ///
  /// Called by a name that ends in `-simulator`, or with `--sim-only`, it is the simulated device alone, for other
  /// programs that speak to a real one.
  ///
  /// - Parameters:
  ///   - simulation: the device in software.
  ///   - roles: what else the program can be; each has a switch that chooses it.
  public static func main<Simulation: DeviceSimulation & ~Copyable>(
    simulation: Simulation.Type, roles: [any ProgramRole.Type] = []
  ) {
    var arguments = CommandLine.arguments
    if let role = roles.first(where: { $0.isAsked(for: arguments) }) { role.main(arguments) }
    let isSimulator = arguments.first?.hasSuffix("-simulator") == true
    if isSimulator || arguments.contains("--sim-only") {
      arguments.removeAll { $0 == "--sim-only" }
      ModuleProgram<SimulatorModule<Simulation>>.main(arguments)
    } else {
      ModuleProgram<Self>.main(arguments)
    }
  }
}

/// A simulated device alone.
struct SimulatorModule<Simulation: DeviceSimulation & ~Copyable>: Module, ~Copyable {
  static var options: [any ProgramOption] { Simulation.options }

  private let bus: Bus
  private var simulation: Simulation

  init(bus: Bus) throws {
    simulation = try Simulation(bus: bus)
    self.bus = bus
    let type = Simulation.Command.frameType
    bus.listen(for: [Subscription(type, instance: bus.configuration.instance, requests: false)])
  }

  mutating func process() throws {
    try simulation.process(at: bus.now)
    while let frame = bus.nextFrame() {
      if let command = try frame.decode(Simulation.Command.self) { try simulation.apply(command, at: bus.now) }
    }
    bus.wake(at: simulation.deadline)
  }
}
