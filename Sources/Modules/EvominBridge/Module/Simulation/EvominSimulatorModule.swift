import BusClient
import Frames

/// A simulated microcontroller alone, for any program that speaks to a real one. EVOMIN_SIMULATE frames happen to it.
struct EvominSimulatorModule: Module {
  static let options = SimulatedMicrocontroller.options

  let bus: Bus
  private var simulation: SimulatedMicrocontroller

  init(bus: Bus) throws {
    self.bus = bus
    simulation = try SimulatedMicrocontroller(bus: bus)
    bus.listen(for: [Subscription(.evominSimulate, instance: bus.configuration.instance, requests: false)])
  }

  mutating func process() throws {
    let now = bus.monotonicTime
    try simulation.process(at: now)
    while bus.hasData {
      if let event = try bus.getData().decode(EvominSimulate.self) { try simulation.apply(event, at: now) }
    }
    bus.wake(at: simulation.deadline)
  }

  mutating func stop() { simulation.close() }
}
