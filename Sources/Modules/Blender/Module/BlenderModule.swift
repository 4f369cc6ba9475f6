import BusClient
import Frames

/// Eight pumps on the bus. Called `blender-simulator`, it is the simulated Arduino dispenser alone.
@main
struct BlenderModule: Module, ~Copyable {
  static let options: [any ProgramOption] = []

  private let bus: Bus
  private var status = BlenderStatus(reason: "ready")
  private var publisher = StatusPublisher<BlenderStatus> { $0.reason != $1.reason }

  static func main() { main(simulation: BoardSimulation.self) }

  init(bus: Bus) throws {
    try bus.options.checkConnection(of: "the blender's", real: [], simulation: [])
    self.bus = bus
    bus.listen(for: [Subscription(.blenderStatus, instance: bus.configuration.instance, values: false)])
  }

  mutating func process() throws {
    while bus.hasData { if try bus.getData().isRequest { publisher.sendAgain() } }
    try publisher.publish(status, on: bus)
  }
}
