import BlenderSimulator
import BusClient
import Frames

/// The simulated Arduino dispenser at a serial port of its own, controlled by BLENDER_SIMULATE frames.
struct BoardSimulation: DeviceSimulation, ~Copyable {
  private static let path = Option("sim-path", value: "PATH", "Where the simulated dispenser's port is.")
  static let options: [any ProgramOption] = [path]

  private let bus: Bus
  private var port: SimulatedPort<PluggedBoard>

  init(bus: Bus) throws {
    port = try SimulatedPort(PluggedBoard(), path: bus.options[Self.path])
    self.bus = bus
    bus.log(.info, "simulated_dispenser", ["port": port.path])
    bus.wake(on: port.descriptor)
  }

  deinit { bus.stopWaking(on: port.descriptor) }

  /// Where the port is.
  var path: String { port.path }

  /// When `process` is due next.
  var deadline: Duration? { port.deadline }

  mutating func process(at now: Duration) throws { try port.process(at: now) }

  mutating func apply(_ frame: BlenderSimulate, at now: Duration) throws {
    let count = max(0, frame.value)
    switch frame.event {
    case .silence: port.device.board.apply(.silence(.milliseconds(count)), at: now)
    case .noEnd: port.device.board.apply(.noEnd(Int(count)), at: now)
    case .unplug: port.device.board.apply(.unplug(.milliseconds(count)), at: now)
    case .noise: port.device.board.apply(.noise([UInt8](repeating: 0xFF, count: min(1024, Int(count)))), at: now)
    default: bus.log(.warning, "no_such_event", ["event": "\(frame.event.rawValue)"])
    }
    try process(at: now)
  }
}

/// What the SDK's simulated port needs of a device.
struct PluggedBoard: SimulatedDevice {
  var board = SimulatedBoard()

  var deadline: Duration? { board.deadline }

  mutating func receive(_ bytes: [UInt8], at now: Duration) { board.receive(bytes, at: now) }

  mutating func nextLineEvent(at now: Duration) -> SimulatedLineEvent? {
    switch board.nextOutput(at: now) {
    case .bytes(let bytes): .bytes(bytes)
    case .unplugged: .unplugged
    case .plugged: .plugged
    case nil: nil
    }
  }
}
