import BusClient
import Frames

/// Asks for the button on every beat and switches the LED as the button says.
@main
struct Controller: Module {
  let bus: Bus

  init(bus: Bus) {
    self.bus = bus
    bus.listen(for: .buttonState)
  }

  mutating func process() throws {
    if bus.isBeat { try bus.request(.buttonState) }
    while bus.hasData {
      let frame = try bus.getData()
      guard !frame.isRequest, let button = try frame.decode(ButtonState.self) else { continue }
      try bus.send(ActivityLedState(state: button.pressed))
    }
  }
}
