import BlenderProtocol
import BusClient
import Frames

/// Eight pumps on the bus and on screens: one order at a time becomes a drink, and everybody sees how far it is.
@main
struct BlenderModule: Module, ~Copyable {
  static let options = BlenderOptions.list

  let bus: Bus
  var memory: BarMemory
  var bar = Bar()
  var pumps: PumpDriver
  var desk: OrderDesk
  var screens: Screens?
  var tally = BlenderTally()
  /// Whether nothing is begun any more.
  private(set) var isEnding = false
  private var publisher = StatusPublisher<BlenderStatus> { sent, new in
    var sent = sent
    (sent.refused, sent.screens) = (new.refused, new.screens)
    return sent != new
  }
  private var setupPublisher = StatusPublisher<BlenderSetup>()

  static func main() { main(simulation: BoardSimulation.self, roles: [GuardRole.self, PumpsOffRole.self]) }

  init(bus: Bus) throws {
    let options = try BlenderOptions(bus.options)
    let memory = try BarMemory(options.configuration, bus: bus)
    let screens = try options.screens(memory.configuration).map { try Screens($0, bus: bus) }
    let pumps = try PumpDriver(options, memory.configuration, bus: bus)
    let desk = try OrderDesk(bus)
    self.bus = bus
    self.pumps = pumps
    self.desk = desk
    self.memory = memory
    self.screens = screens
    let instance = bus.configuration.instance
    bus.listen(
      for: [.blenderOrder, .blenderCancel].map { Subscription($0, instance: instance, requests: false) }
        + [.blenderStatus, .blenderSetup].map { Subscription($0, instance: instance, values: false) })
  }

  mutating func process() throws {
    let now = bus.now
    for report in pumps.process(at: now) { handle(report, at: now) }
    for event in screens?.process(at: now) ?? [] { handle(event, at: now) }
    let failure = handleFrames(at: now)
    endOrder()
    startAccepted()
    showProgress(at: now)
    try publish()
    screens?.flush()
    let deadlines = [bar.deadline, pumps.deadline, screens?.deadline]
    bus.wake(at: deadlines.compactMap(\.self).min())
    if let failure { throw failure }
  }

  private mutating func publish() throws {
    if bar.request == nil { memory.save() }
    try publisher.publish(status, on: bus)
    try setupPublisher.publish(BlenderSetup(memory.setup), on: bus)
  }

  /// What was asked for again is sent again.
  mutating func answer(_ request: Frame) {
    if request.type == .blenderStatus { publisher.sendAgain() } else { setupPublisher.sendAgain() }
  }

  /// All pumps off; then the orders have their outcomes, and screens know.
  mutating func stop() {
    isEnding = true
    cancel(as: .failed(mayHavePoured: false), "the blender was stopped", at: bus.now)
    let end = bus.now + .seconds(1)
    while bar.request != nil, bus.now < end {
      bus.wait(for: [], until: bus.now + .milliseconds(10))
      try? process()
    }
    pumps.stop()
    let reason = "the blender was stopped, and the pumps may be running still"
    bar.stop(as: .failed(mayHavePoured: true), reason, arePumpsOff: true, at: bus.now)
    endOrder()
    screens?.stop()
    memory.save()
  }
}
