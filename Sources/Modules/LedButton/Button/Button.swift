import BusClient
import Frames

/// Answers every request for the state of this button. Chance stands in for the pin.
@main
struct Button: Module {
  let bus: Bus

  init(bus: Bus) {
    self.bus = bus
    bus.listen(for: [Subscription(.buttonState, instance: bus.configuration.instance, values: false)])
  }

  mutating func process() throws {
    while bus.hasData {
      _ = try bus.getData()
      try bus.send(ButtonState(pressed: Bool.random()))
    }
  }
}
