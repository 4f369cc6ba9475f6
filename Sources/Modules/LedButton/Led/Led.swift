import BusClient
import Frames

/// Shows the state of the LED as a line of text.
@main
struct Led: Module {
  let bus: Bus

  init(bus: Bus) {
    self.bus = bus
    bus.listen(for: .activityLedState)
  }

  mutating func process() throws {
    while bus.hasData {
      let frame = try bus.getData()
      guard !frame.isRequest, let led = try frame.decode(ActivityLedState.self) else { continue }
      print(led.state ? "The LED is ON" : "The LED is OFF")
    }
  }
}
