import BlenderProtocol
import BusClient
import Frames

/// Eight pumps on the bus. Called `blender-simulator`, it is the simulated Arduino dispenser alone; with `--pumps-off` it
/// switches all pumps off, and with `--guard` it is the process that holds their lines.
@main
struct BlenderModule: Module, ~Copyable {
  static let options: [any ProgramOption] = PumpLines.options + [PumpsOffRole.option]

  private let bus: Bus
  private var pumps: PumpGuard
  private var display: PumpDisplay?
  private var status = BlenderStatus(reason: "the guard of the pumps begins")
  private var publisher = StatusPublisher<BlenderStatus> { $0.reason != $1.reason }
  private var pumpsOn = PumpSet()

  static func main() { main(simulation: BoardSimulation.self, roles: [GuardRole.self, PumpsOffRole.self]) }

  init(bus: Bus) throws {
    try bus.options.checkConnection(of: "the blender's", real: [PumpLines.gpio], simulation: [])
    let instance = bus.configuration.instance
    guard let lines = PumpLines(bus.options, simulatedAt: "/tmp/framebus-blender-\(instance).lines") else {
      throw UsageError("--sim needs a file for its lines")
    }
    self.bus = bus
    pumps = PumpGuard(lines, bus: bus)
    if bus.options[.sim] { display = PumpDisplay() }
    bus.listen(for: [
      Subscription(.blenderStatus, instance: instance, values: false),
      Subscription(.blenderPumps, instance: instance, values: false),
      Subscription(.blenderRun, instance: instance, requests: false),
      Subscription(.blenderStop, instance: instance, requests: false),
    ])
  }

  mutating func process() throws {
    let now = bus.now
    for report in pumps.process(at: now) { try handle(report) }
    try handleFrames(at: now)
    display?.draw(at: now)
    try publisher.publish(status, on: bus)
    bus.wake(at: [pumps.deadline, display?.deadline].compactMap(\.self).min())
  }

  mutating func stop() { pumps.stop() }

  private mutating func handle(_ report: PumpGuard.Report) throws {
    switch report {
    case .ready: status.reason = "ready"
    case .turned(let pump, let isOn, let time):
      display?.turned(pump, isOn: isOn, at: time)
      if isOn { pumpsOn.insert(PumpSet(pump)) } else { pumpsOn.remove(PumpSet(pump)) }
      if bus.isConnected { try bus.send(BlenderPumps(pumps: pumpsOn.rawValue)) }
    case .alarm(let text): bus.log(.warning, "guard", ["reason": text])
    case .unavailable(let text):
      status.reason = text
      bus.log(.error, "no_pumps", ["reason": text])
    case .lost(let text, let pumps, let areOff):
      pumpsOn = []
      for pump in pumps.pumps { display?.turned(pump, isOn: false, at: bus.now) }
      status.reason = areOff ? "\(text); all pumps off" : "\(text); pumps may still be on: cut their power"
      bus.log(.error, "guard_lost", ["reason": status.reason])
    }
  }

  private mutating func handleFrames(at now: Duration) throws {
    while bus.hasData {
      let frame = try bus.getData()
      if frame.isRequest {
        publisher.sendAgain()
      } else if let run = try frame.decode(BlenderRun.self), let pump = Pump(rawValue: run.pump) {
        _ = pumps.switchOn([(pump, now + .seconds(run.time))], at: now)
      } else if frame.type == .blenderStop {
        pumps.allOff(at: now)
      }
    }
  }
}
