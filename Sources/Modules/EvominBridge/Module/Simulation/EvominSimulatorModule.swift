import BusClient
import Frames

/// A simulated microcontroller alone, for any program that speaks to a real one. EVOMIN_SIMULATE frames happen to it.
struct EvominSimulatorModule: Module, ~Copyable {
  static let options = SimulatedMicrocontroller.options

  let bus: Bus
  private var simulation: SimulatedMicrocontroller

  init(bus: Bus) throws {
    simulation = try SimulatedMicrocontroller(bus: bus)
    self.bus = bus
    bus.listen(for: [Subscription(.evominSimulate, instance: bus.configuration.instance, requests: false)])
  }

  mutating func process() throws {
    let now = bus.now.inNanoseconds
    try simulation.process(at: now)
    while bus.hasData {
      if let event = try bus.getData().decode(EvominSimulate.self) { try simulation.apply(event, at: now) }
    }
    bus.wake(at: simulation.deadline.map { .nanoseconds($0) })
  }
}
