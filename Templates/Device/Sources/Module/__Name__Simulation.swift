import BusClient
import Frames
import __Name__Simulator

/// The simulated device at a serial port of its own, controlled by __NAME___SIMULATE frames.
struct __Name__Simulation: DeviceSimulation, ~Copyable {
  private static let path = Option("sim-path", value: "PATH", "Where the simulated device's port is.")
  static let options: [any ProgramOption] = [path]

  private let bus: Bus
  private var port: SimulatedPort<PluggedDevice>

  init(bus: Bus) throws {
    port = try SimulatedPort(PluggedDevice(), path: bus.options[Self.path])
    self.bus = bus
    bus.log(.info, "simulated_device", ["port": port.path])
    bus.wake(on: port.descriptor)
  }

  deinit { bus.stopWaking(on: port.descriptor) }

  /// Where the port is.
  var path: String { port.path }

  /// When `process` is due next.
  var deadline: Duration? { port.deadline }

  mutating func process(at now: Duration) throws { try port.process(at: now) }

  mutating func apply(_ frame: __Name__Simulate, at now: Duration) throws {
    switch frame.event {
    case .temperature: port.device.device.apply(.temperature(Int16(clamping: frame.value)), at: now)
    case .silence: port.device.device.apply(.silence(.milliseconds(max(0, frame.value))), at: now)
    case .unplug: port.device.device.apply(.unplug(.milliseconds(max(0, frame.value))), at: now)
    default:
      bus.log(.warning, "no_such_event", ["event": "\(frame.event.rawValue)"])
    }
    try process(at: now)
  }
}

/// What the SDK's simulated port needs of a device.
struct PluggedDevice: SimulatedDevice {
  var device = Simulated__Name__()

  var deadline: Duration? { device.deadline }

  mutating func receive(_ bytes: [UInt8], at now: Duration) { device.receive(bytes, at: now) }

  mutating func nextLineEvent(at now: Duration) -> SimulatedLineEvent? {
    switch device.nextOutput(at: now) {
    case .bytes(let bytes): .bytes(bytes)
    case .unplugged: .unplugged
    case .plugged: .plugged
    case nil: nil
    }
  }
}
