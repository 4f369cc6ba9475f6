import BusClient
import EvominBridgeProtocol
import EvominBridgeSimulator
import Frames

/// A simulated microcontroller at a serial port of its own, controlled by EVOMIN_SIMULATE frames.
struct SimulatedMicrocontroller: DeviceSimulation, ~Copyable {
  private static let firmware = Option(
    "sim-firmware", default: EvominFirmware.robust, "The library of the simulated device")
  private static let path = Option(
    "sim-path", value: "PATH", "Where the simulated device's port is, such as /dev/ttyACM9.")
  private static let baud = Option(
    "sim-baud", in: 50...20_000_000, "Its line has this speed in either direction; without, bytes take no time")
  private static let retry = Option(
    "sim-retry", default: .nanoseconds(EvominSettings(peer: .framebus).retryNanoseconds),
    in: .milliseconds(10) ... .seconds(60), unit: .milliseconds, "The robust library's time to the next attempt")
  static let options: [any ProgramOption] = [firmware, path, baud, retry]

  private let bus: Bus
  private var port: SimulatedPort<PluggedDevice>
  /// What of the device is in the log already.
  private var isLEDOn = false
  private var givenUp: UInt64 = 0
  private var isCounting = false

  /// Plugs a device in.
  ///
  /// - Throws: `SystemError` if the port cannot be made.
  init(bus: Bus) throws {
    let firmware = bus.options[Self.firmware]
    var settings = EvominSettings(peer: .framebus)
    settings.retryNanoseconds = bus.options[Self.retry].inNanoseconds
    let controller = EvominSimulator(
      firmware: firmware, seed: UInt64.random(in: 0 ... .max), settings: settings)
    let device = PluggedDevice(controller, baud: bus.options[Self.baud])
    let port = try SimulatedPort(device, path: bus.options[Self.path])
    bus.log(.info, "simulated_device", ["port": port.path, "firmware": firmware.rawValue])
    bus.wake(on: port.descriptor)
    self.bus = bus
    self.port = port
  }

  deinit { bus.stopWaking(on: port.descriptor) }

  /// Where the port is.
  var path: String { port.path }

  var deadline: Duration? { port.deadline }

  mutating func process(at now: Duration) throws {
    try port.process(at: now)
    logChanges()
  }

  mutating func apply(_ event: EvominSimulate, at now: Duration) throws {
    guard port.device.apply(event, at: now.inNanoseconds) else {
      return bus.log(.warning, "no_such_simulation", ["event": "\(event.event.rawValue)"])
    }
    try process(at: now)
  }

  /// What a person would see at a real device.
  private mutating func logChanges() {
    let log = bus.log
    for frame in port.device.controller.takeReceived() {
      log(.debug, "device_received", ["frame": "\(frame)"])
    }
    let controller = port.device.controller
    if controller.isLEDOn != isLEDOn {
      isLEDOn = controller.isLEDOn
      log(.info, "device_led", ["on": "\(isLEDOn)"])
    }
    let counters = controller.counters
    if counters.givenUp != givenUp {
      givenUp = counters.givenUp
      log(.warning, "device_gave_up", ["frames_so_far": "\(givenUp)"])
    }
    if isCounting, !controller.isCounting {
      log(.info, "device_counted", ["acknowledged": "\(counters.acknowledged)", "given_up": "\(givenUp)"])
    }
    isCounting = controller.isCounting
  }
}
