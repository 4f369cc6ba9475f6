import BusClient
import Frames

/// Shows the state of the LED as a line of text.
@main
struct Led: Module {
  let bus: Bus
  private let show: (String) -> Void

  init(bus: Bus) {
    self.init(bus: bus) { FileDescriptor.standardOutput.write($0 + "\n") }
  }

  /// - Parameter show: where the lines go.
  init(bus: Bus, show: @escaping (String) -> Void) {
    self.bus = bus
    self.show = show
    bus.listen(for: [Subscription(.activityLedState, instance: bus.configuration.instance)])
  }

  mutating func process() throws {
    while bus.hasData {
      let frame = try bus.getData()
      guard !frame.isRequest, let led = try frame.decode(ActivityLedState.self) else { continue }
      show(led.state ? "The LED is ON" : "The LED is OFF")
    }
  }
}
