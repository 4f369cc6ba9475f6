import BusClient
import Frames

/// A simulated candy dispenser alone, for any program that speaks to a real one. CANDY_SIMULATE frames happen to it.
struct CandySimulatorModule: Module, ~Copyable {
  static let options = SimulatedDispenser.options

  let bus: Bus
  private var simulation: SimulatedDispenser

  init(bus: Bus) throws {
    simulation = try SimulatedDispenser(bus: bus)
    self.bus = bus
    bus.listen(for: [Subscription(.candySimulate, instance: bus.configuration.instance, requests: false)])
  }

  mutating func process() throws {
    let now = bus.now.inNanoseconds
    try simulation.process(at: now)
    while bus.hasData {
      if let event = try bus.getData().decode(CandySimulate.self) { try simulation.apply(event, at: now) }
    }
    bus.wake(at: simulation.deadline.map { .nanoseconds($0) })
  }
}
