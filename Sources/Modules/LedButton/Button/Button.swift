import BusClient
import Frames

/// Answers every request for the state of the button. Chance stands in for the pin.
@main
struct Button: Module {
  let bus: Bus

  init(bus: Bus) {
    self.bus = bus
    bus.listen(for: .buttonState)
  }

  mutating func process() throws {
    while bus.hasData {
      guard try bus.getData().isRequest else { continue }
      try bus.send(ButtonState(pressed: Bool.random()))
    }
  }
}
