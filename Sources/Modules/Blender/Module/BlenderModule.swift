import BlenderProtocol
import BusClient
import Frames

/// Eight pumps on the bus and on screens: one order at a time becomes a drink, and everybody sees how far it is.
@main
struct BlenderModule: Module, ~Copyable {
  static let options = BlenderOptions.list

  private let bus: Bus
  private var memory: BarMemory
  private var keeper: Barkeeper
  private var screens: Screens?
  private var tally = BlenderTally()
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
    let keeper = try Barkeeper(options, memory.configuration, bus: bus)
    self.bus = bus
    self.keeper = keeper
    self.memory = memory
    self.screens = screens
    let instance = bus.configuration.instance
    bus.listen(
      for: [.blenderOrder, .blenderCancel].map { Subscription($0, instance: instance, requests: false) }
        + [.blenderStatus, .blenderSetup].map { Subscription($0, instance: instance, values: false) })
  }

  mutating func process() throws {
    let now = bus.now
    keeper.runPumps(at: now)
    showNews()
    for event in screens?.process(at: now) ?? [] { handle(event, at: now) }
    let failure = handleFrames(at: now)
    keeper.advance(at: now)
    showNews()
    try publish()
    screens?.flush()
    bus.wake(at: [keeper.deadline, screens?.deadline].compactMap(\.self).min())
    if let failure { throw failure }
  }

  // MARK: The bus

  /// Does what the frames ask for. One that is broken keeps the others from nothing.
  ///
  /// - Returns: what was wrong with the first of those.
  private mutating func handleFrames(at now: Duration) -> (any Error)? {
    var failure: (any Error)?
    // Without a manager nothing is begun: its outcome might be one more than are kept.
    while bus.isConnected, bus.hasData {
      do {
        try handle(try bus.getData(), at: now)
      } catch {
        failure = failure ?? error
      }
    }
    return failure
  }

  private mutating func handle(_ frame: Frame, at now: Duration) throws {
    if frame.isRequest {
      if frame.type == .blenderStatus { publisher.sendAgain() } else { setupPublisher.sendAgain() }
    } else if let cancel = try frame.decode(BlenderCancel.self) {
      if cancel.request == 0 || cancel.request == keeper.request { keeper.cancel("cancelled", at: now) }
    } else {
      try keeper.decide(frame, memory.setup, at: now)
    }
  }

  private mutating func publish() throws {
    if keeper.request == nil { memory.save() }
    try publisher.publish(status, on: bus)
    try setupPublisher.publish(BlenderSetup(memory.setup), on: bus)
  }

  private var status: BlenderStatus {
    let status = keeper.status(at: bus.now)
    return BlenderStatus(
      ready: tally.isReady, action: status.map { BlenderAction($0.action) } ?? .idle, request: keeper.request ?? 0,
      initialTime: UInt16(clamping: status?.initialSeconds ?? 0),
      remainingTime: UInt16(clamping: status?.remainingSeconds ?? 0),
      running: status?.running.pumps.map(\.rawValue) ?? [],
      orders: tally.done, failed: tally.failed, refused: tally.refused,
      screens: UInt16(clamping: screens?.count ?? 0), reason: tally.reason)
  }

  // MARK: Screens

  /// Does what screens ask for. Everything has an answer: a screen that asked waits for it.
  private mutating func handle(_ event: Screens.Event, at now: Duration) {
    switch event {
    case .connected(let client):
      // Who comes late sees what is under way.
      if let status = keeper.status(at: now) { screens?.send(ScreenReply.status(status), to: client) }
    case .disconnected(let client): keeper.forget(client)
    case .message(let client, let text):
      do throws(BarRefusal) {
        try carryOut(try ScreenMessage(text), of: client, at: now)
      } catch {
        tally.recordRefusal()
        screens?.send(ScreenReply.error("\(error)"), to: client)
      }
    }
  }

  private mutating func carryOut(_ message: ScreenMessage, of client: Screens.Client, at now: Duration)
    throws(BarRefusal)
  {
    switch message {
    case .order(let order): try keeper.accept(order, from: client, memory.setup, at: now)
    case .cancel:
      guard keeper.request != nil else { throw BarRefusal("there is nothing to stop") }
      keeper.cancel("stopped", at: now)
    case .echo(let data): screens?.send(ScreenReply.echo(data), to: client)
    case .getStatus: screens?.send(ScreenReply.status(keeper.status(at: now)), to: client)
    case .getPumps: screens?.send(ScreenReply.pumps(memory.setup), to: client)
    case .getConfiguration: screens?.send(configurationReply, to: client)
    case .reloadConfiguration: try reload()
    case .set(let change):
      try memory.apply(change)
      if case .secondsPerLitre = change {
        screens?.broadcast(ScreenReply.secondsPerLitre(memory.setup))
      } else {
        screens?.broadcast(ScreenReply.pumps(memory.setup))
      }
    }
  }

  private var configurationReply: String {
    ScreenReply.configuration(memory.setup, isReady: tally.isReady, tally.reason)
  }

  private mutating func reload() throws(BarRefusal) {
    do throws(UsageError) {
      try memory.reload()
    } catch {
      throw BarRefusal("the configuration is as before: \(error)")
    }
    screens?.broadcast(configurationReply)
  }

  /// What happened at the bar, counted, logged and shown on screens.
  private mutating func showNews() {
    for news in keeper.takeNews() {
      switch news {
      case .isReady(let isReady, let text):
        tally.set(isReady: isReady, text)
        bus.log(isReady ? .info : .warning, isReady ? "pumps_ready" : "no_pumps", ["reason": text])
        screens?.broadcast(configurationReply)
      case .alarm(let text):
        bus.log(.warning, "pumps", ["reason": text])
        screens?.broadcast(ScreenReply.notice(text))
      case .refused: tally.recordRefusal()
      case .progress(let status): screens?.broadcast(ScreenReply.status(status))
      case .ended(let ending, let asker):
        tally.enter(ending.result)
        let outcome = BlenderOutcome(ending)
        screens?.broadcast(ScreenReply.status(ending.status))
        screens?.broadcast(ScreenReply.outcome(ending.status.action, "\(outcome.outcome)", ending.text))
        if case .failed = ending.result {
          bus.log(.warning, "order_failed", ["request": "\(ending.request)", "reason": ending.text])
          if let asker { screens?.send(ScreenReply.error(ending.text), to: asker) }
        }
      }
    }
  }

  /// All pumps off; then the orders have their outcomes, and screens know.
  mutating func stop() {
    keeper.beginEnd(at: bus.now)
    let end = bus.now + .seconds(1)
    while keeper.request != nil, bus.now < end {
      bus.wait(for: [], until: bus.now + .milliseconds(10))
      try? process()
    }
    keeper.stop(at: bus.now)
    showNews()
    screens?.stop()
    memory.save()
  }
}
