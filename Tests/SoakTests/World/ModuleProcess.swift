import BusWire

@testable import BusClient

/// A module over the simulated network: a real client, and what it is known to have sent and got.
final class ModuleProcess {
  let name: String
  let isObserver: Bool
  unowned let world: World
  private(set) var bus: Bus?
  private var link: FaultyLink?
  /// In a call that waits.
  var isBusy = false
  private var isStopping = false
  /// It does nothing before this time.
  var sleepsUntil: UInt64 = 0
  var subscriptions: [Subscription] = []
  /// Frames that have arrived and were not taken out.
  private var arrived: [Message] = []
  private var arrivedHead = 0
  /// What it asked the manager to keep, in the order in which it was sent.
  private var retained: [Message] = []
  private var welcomes = 0
  private var breaks = 0
  private var reportedLosses: UInt64 = 0
  private var log = LogTally()
  var number: UInt64 = 0

  init(_ world: World, _ name: String, isObserver: Bool) {
    self.world = world
    self.name = name
    self.isObserver = isObserver
  }

  /// Starts the program.
  func start() {
    let log = LogTally()
    var configuration = BusConfiguration(name: name)
    configuration.address = .tcp(host: "soak", port: 0)
    configuration.isObserver = isObserver
    configuration.log = Log(level: .info) { log.add($0) }
    let link = FaultyLink(world, self)
    self.link = link
    self.log = log
    (arrived, arrivedHead, retained, welcomes, breaks, reportedLosses) = ([], 0, [], 0, 0, 0)
    do throws(BusError) {
      bus = try Bus(configuration, link: link)
    } catch {
      preconditionFailure("\(error)")
    }
    for type in Traffic.types {
      bus?.declare(
        id: type, name: "TYPE_\(type)", fields: "value uint8 - 1",
        properties: FrameProperties(retain: Traffic.depth(of: type)), sends: true, listens: true)
    }
    bus?.listen(for: subscriptions)
  }

  /// The program is gone from one moment to the next; its connection may stand for a while.
  func kill() {
    bus = nil
    if let connection = link?.connection { world.abandon(connection) }
    link = nil
  }

  /// The program ends in good order.
  func stop() {
    isBusy = true
    isStopping = true
    bus?.stop()
    isStopping = false
    isBusy = false
    bus = nil
    link = nil
  }

  // MARK: What passes the link

  var connection: Connection? { link?.connection }

  func connectionBegins(_ connection: Connection) {
    for message in retained { connection.sent.add(message) }
  }

  func connectionEnds(_ connection: Connection) {
    if connection.isWelcomed, !isStopping { breaks += 1 }
  }

  func arrives(_ message: Message, _ connection: Connection) {
    if message.header.type == Welcome.frameType.id {
      welcomes += 1
      connection.isWelcomed = true
    }
    if let lost = message.decode(Lost.self) {
      connection.due.note(lost)
      if lost.reason != .notKept { reportedLosses += lost.count }
    }
    if let goodbye = message.decode(Goodbye.self), goodbye.code == .shutdown, let left = connection.due.problemAtRest {
      world.fail("\(name): at the manager's shutdown: \(left)")
    }
    if let claim = message.claim, let problem = connection.due.arrives(claim) { world.fail("\(name): \(problem)") }
    if subscriptions.contains(where: {
      ModelSession.accepts([$0.entry], message.header, message.header.flags.contains(.request))
    }) {
      arrived.append(message)
    }
  }

  // MARK: What the program does

  /// Takes frames out of the inbox and compares them with what has arrived.
  func read(atMost count: Int) {
    guard let bus else { return }
    for _ in 0..<count {
      guard bus.hasData else { return }
      do throws(BusError) {
        let frame = try bus.getData()
        let message = frame.withPayload { bytes in
          bytes.withUnsafeBytes { Message(header: frame.header, payload: $0) }
        }
        guard arrivedHead < arrived.count else { return world.fail("\(name) got \(message) out of nothing") }
        if message != arrived[arrivedHead] {
          world.fail("\(name) got \(message) instead of \(arrived[arrivedHead])")
        }
        arrivedHead += 1
        world.frameCount += 1
      } catch {
        world.fail("\(name): \(error)")
      }
    }
  }

  /// Sends a frame; what is refused must not be sent.
  func send(_ header: FrameHeader, _ payload: [UInt8]) {
    guard let bus, bus.isConnected, let connection else { return }
    let message = payload.withUnsafeBytes { Message(header: header, payload: $0) }
    connection.sent.add(message)
    do throws(BusError) {
      try bus.send(payload: payload, of: FrameType(id: header.type), flags: header.flags, instance: header.instance)
      if header.flags.contains(.retain) { keep(message) }
    } catch {
      if let problem = connection.sent.takeBack() { world.fail("\(name): \(problem): \(error)") }
    }
  }

  private func keep(_ message: Message) {
    var message = message
    message.header.flags.insert(.retained)
    retained.append(message)
    let alike = retained.indices.filter {
      retained[$0].header.type == message.header.type && retained[$0].header.instance == message.header.instance
    }
    if alike.count > Traffic.depth(of: message.header.type) { retained.remove(at: alike[0]) }
  }

  func listen(_ subscriptions: [Subscription]) {
    self.subscriptions = subscriptions
    bus?.listen(for: subscriptions)
  }

  // MARK: What must be true between two calls

  /// Compares what the client tells its program with what happened.
  func check() {
    guard let bus else { return }
    let facts: [(String, Int, Int)] = [
      ("connections", bus.connectionCount, welcomes),
      ("lost frames", Int(bus.lostFrames), Int(reportedLosses)),
      ("frames in the inbox", bus.frameCount, arrived.count - arrivedHead),
      ("log lines about a new connection", log.reconnected, max(0, welcomes - 1)),
      ("log lines about an end of a connection", min(log.disconnected, breaks), breaks),
    ]
    for (what, found, expected) in facts where found != expected {
      world.fail("\(name) has \(found) \(what) instead of \(expected)")
    }
    if (bus.lastAbsence != nil) != (welcomes > 1) { world.fail("\(name) has a wrong absence") }
  }
}
