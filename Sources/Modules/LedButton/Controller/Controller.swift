import BusClient
import Frames

/// Asks for the button on every beat and switches the LED as the button says.
@main
struct Controller: Module {
  let bus: Bus

  init(bus: Bus) {
    self.bus = bus
    bus.listen(for: [Subscription(.buttonState, instance: bus.configuration.instance, requests: false)])
  }

  mutating func process() throws {
    if bus.isBeat { try bus.request(.buttonState) }
    while bus.hasData {
      guard let button = try bus.getData().decode(ButtonState.self) else { continue }
      try bus.send(ActivityLedState(state: button.pressed))
    }
  }
}
