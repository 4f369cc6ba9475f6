import BusClient
import EvominBridgeProtocol
import EvominBridgeSimulator
import Frames

/// A simulated microcontroller at a serial port of its own, to which EVOMIN_SIMULATE frames happen.
struct SimulatedMicrocontroller: ~Copyable {
  /// For modules that run one.
  static let options: [CommandOptions.Option] = [
    .init("sim-firmware", value: "NAME", "The library of the simulated device: robust, c or python (robust)."),
    .init("sim-path", value: "PATH", "Where the simulated device's port is, such as /dev/ttyACM9."),
    .init("sim-baud", value: "N", "Its line has this speed in either direction; without, bytes take no time."),
    .init("sim-retry", value: "MS", "The robust library's time to the next attempt (1000)."),
  ]

  private let bus: Bus
  private var port: SimulatedPort<PluggedDevice>
  /// What of the device is in the log already.
  private var isLEDOn = false
  private var givenUp: UInt64 = 0
  private var isCounting = false

  /// Plugs a device in.
  ///
  /// - Throws: `UsageError` for an option that means nothing, `SystemError` if the port cannot be made.
  init(bus: Bus) throws {
    let name = bus.options.value("sim-firmware") ?? EvominFirmware.robust.rawValue
    guard let firmware = EvominFirmware(rawValue: name) else {
      throw CommandOptions.UsageError("--sim-firmware: '\(name)' is none of robust, c, python")
    }
    var settings = EvominSettings(peer: .framebus)
    if let milliseconds = try bus.options.number("sim-retry", in: 10...60_000) {
      settings.retryNanoseconds = UInt64(milliseconds) * 1_000_000
    }
    let controller = EvominSimulator(
      firmware: firmware, seed: UInt64.random(in: 0 ... .max), settings: settings)
    let baud = try bus.options.number("sim-baud", in: 50...20_000_000)
    let port = try SimulatedPort(PluggedDevice(controller, baud: baud), path: bus.options.value("sim-path"))
    bus.configuration.log(.info, "simulated_device", ["port": port.path, "firmware": name])
    bus.wake(on: port.descriptor)
    self.bus = bus
    self.port = port
  }

  deinit { bus.stopWaking(on: port.descriptor) }

  /// Where the port is.
  var path: String { port.path }

  /// When `process` is due next, in monotonic nanoseconds.
  var deadline: UInt64? { port.deadline?.inNanoseconds }

  /// Lets the device do what is due and what was sent to it.
  mutating func process(at now: UInt64) throws {
    try port.process(at: .nanoseconds(now))
    tell()
  }

  /// Lets something happen to it.
  mutating func apply(_ event: EvominSimulate, at now: UInt64) throws {
    guard port.device.apply(event, at: now) else {
      return bus.configuration.log(.warning, "no_such_simulation", ["event": "\(event.event.rawValue)"])
    }
    try process(at: now)
  }

  /// What a person would see at a real device.
  private mutating func tell() {
    let log = bus.configuration.log
    for frame in port.device.controller.takeReceived() where log.level == .debug {
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
