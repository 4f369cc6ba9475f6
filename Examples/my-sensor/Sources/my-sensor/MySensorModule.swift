import BusClient
import MySensorFrames

/// Sends a value once a second, and at once when it is asked for one. Chance stands in for the sensor.
@main
struct MySensorModule: Module {
  private let bus: Bus
  private var beatsLeft = 0

  init(bus: Bus) {
    self.bus = bus
    // Only requests, and only those for this instance: there may be several such sensors.
    bus.listen(for: [Subscription(.mySensorValue, instance: bus.configuration.instance, values: false)])
  }

  mutating func process() throws {
    var isDue = false
    if bus.isBeat {
      isDue = beatsLeft == 0
      beatsLeft = isDue ? 19 : beatsLeft - 1
    }
    while bus.hasData {
      isDue = try bus.getData().isRequest || isDue
    }
    // Without a manager there is nobody to send to; the SDK looks for one by itself.
    if isDue, bus.isConnected { try bus.send(MySensorValue(temperature: .random(in: 20...22))) }
  }
}
