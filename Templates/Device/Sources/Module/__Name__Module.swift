import BusClient
import Frames
import __Name__Protocol

/// A device on the bus: its readings become frames. Called `__first__-simulator`, it is the simulated device alone.
@main
struct __Name__Module: Module, ~Copyable {
  private static let port = Option("port", value: "PATH", "The device's serial port, best one of /dev/serial/by-id.")
  private static let baud = Option("baud", default: 115_200, in: 50...4_000_000, "Bits per second")
  static let options: [any ProgramOption] = [port, baud] + __Name__Simulation.options

  private let bus: Bus
  private var host = __Name__Host()
  private var line: SerialLine
  private var input: [UInt8] = []
  private var simulation: __Name__Simulation?
  private var status = __Name__Status(
    link: .closed, readings: 0, unanswered: 0, noise: 0, reason: "the port was not opened yet")
  /// Counters change with each reading; they alone go out once a second.
  private var publisher = StatusPublisher<__Name__Status> { $0.link != $1.link || $0.reason != $1.reason }

  static func main() { main(simulation: __Name__Simulation.self) }

  init(bus: Bus) throws {
    let options = bus.options
    try options.checkConnection(of: "the device's", real: [Self.port], simulation: __Name__Simulation.options)
    if options[.sim] {
      let simulation = try __Name__Simulation(bus: bus)
      line = try SerialLine(path: simulation.path, baud: options[Self.baud])
      self.simulation = consume simulation
    } else {
      line = try SerialLine(path: options[Self.port] ?? "", baud: options[Self.baud])
    }
    self.bus = bus
    bus.wake(on: line.descriptor)
    let instance = bus.configuration.instance
    bus.listen(for: [
      Subscription(.__lower__Status, instance: instance, values: false),
      Subscription(.__lower__Simulate, instance: instance, requests: false),
    ])
  }

  mutating func process() throws {
    let now = bus.now
    try simulation?.process(at: now)
    take(line.poll(now: now), at: now)
    take(line.read(into: &input), at: now)
    host.receive(input, at: now)
    input.removeAll(keepingCapacity: true)
    host.tick(at: now)
    try carryOut()
    try handleFrames(at: now)
    try publisher.publish(status, on: bus)
    bus.wake(at: [host.deadline, simulation?.deadline].compactMap(\.self).min())
  }

  /// Brings the device to rest; this one needs nothing.
  mutating func stop() {
    line.close()
    simulation = nil
  }

  private mutating func take(_ event: SerialLine.Event?, at now: Duration) {
    switch event {
    case nil: return
    case .opened:
      host.open(at: now)
      status.link = .silent
      status.reason = "the port is open; the device has not answered yet"
    case .lost(let error), .unavailable(let error):
      host.close()
      status.link = .closed
      status.reason = "\(error)"
    }
    bus.log(.info, "port", ["path": line.path, "reason": status.reason])
  }

  private mutating func carryOut() throws {
    while let action = host.nextAction() {
      switch action {
      case .send(let bytes): _ = line.write(bytes)
      case .event(.reading(let hundredths)):
        status.link = .connected
        status.reason = "the device answers"
        status.readings += 1
        try bus.send(__Name__Reading(rawTemperature: hundredths))
      case .event(.unanswered):
        status.link = .silent
        status.reason = "the device does not answer: is it switched on, and is the speed right?"
        status.unanswered += 1
      case .event(.noise): status.noise += 1
      }
    }
  }

  private mutating func handleFrames(at now: Duration) throws {
    while bus.hasData {
      let frame = try bus.getData()
      if frame.isRequest {
        publisher.sendAgain()
      } else if let event = try frame.decode(__Name__Simulate.self) {
        try simulation?.apply(event, at: now)
      }
    }
  }
}
