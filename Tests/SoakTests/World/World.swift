import BusSystem
import BusWire
import Glibc
import TestSupport

@testable import BusClient

/// A bus in memory: one manager, some modules, a faulty network between them, and a clock. Everything that happens
/// follows from the seed.
final class World {
  let seed: UInt64
  var random: SeededRandom
  let weather: Weather
  private(set) var time: UInt64 = 1_000_000_000
  var manager: ManagerProcess?
  var managerReturnsAt: UInt64 = 0
  private(set) var modules: [ModuleProcess] = []
  private(set) var connections: [Connection] = []
  private var abandoned: [(connection: Connection, noticedAt: UInt64)] = []
  private var depth = 0
  /// The first thing that was wrong.
  private(set) var failure: String?
  var frameCount = 0
  var breakCount = 0

  var wallTime: UInt64 { 1_700_000_000_000_000_000 + time }

  init(seed: UInt64) {
    self.seed = seed
    random = SeededRandom(seed: seed)
    weather = Weather(using: &random)
    manager = ManagerProcess(self, weather.limits)
    for index in 0..<weather.moduleCount {
      let module = ModuleProcess(self, "module-\(index)", isObserver: Int.random(in: 0..<5, using: &random) == 0)
      module.subscriptions = Traffic.subscriptions(in: self)
      module.start()
      modules.append(module)
    }
  }

  func fail(_ problem: String) {
    if failure == nil { failure = "at \(time / 1_000_000) ms: \(problem)" }
  }

  /// Frames that receivers were told they lost.
  var lostCount: UInt64 { connections.reduce(0) { $0 + $1.due.reportedCount } }

  /// Lives through bad days, then through a quiet one, and ends in good order.
  func run() {
    for _ in 0..<weather.stepCount where failure == nil { step() }
    comeToRest()
    finish()
    for connection in connections {
      if let lost = connection.lostAtEnd, let problem = connection.due.problemAfterBreak(lostAtEnd: lost) {
        fail(problem)
      }
    }
  }

  private func step() {
    misfortune()
    advance(by: .random(in: 10_000...5_000_000, using: &random))
    for module in modules where module.sleepsUntil <= time && failure == nil {
      if module.bus == nil { module.start() }
      module.isBusy = true
      Traffic.act(module, in: self)
      module.bus?.flush()
      module.read(atMost: .random(in: 0...20, using: &random))
      module.isBusy = false
      module.check()
    }
  }

  // MARK: Network

  func connect() -> Connection? {
    guard let manager, manager.isListening else { return nil }
    let connection = Connection(using: &random)
    connections.append(connection)
    manager.connect(connection)
    return connection
  }

  /// How much of a read or write goes through.
  func part(of count: Int) -> Int {
    guard weather.isChoppy, count > 1, Int.random(in: 0..<3, using: &random) == 0 else { return count }
    return Int.random(in: 0..<8, using: &random) == 0 ? 1 : .random(in: 1...count, using: &random)
  }

  /// What a connection that ended looks like to the one who reads it.
  func endOfConnection() -> Transfer {
    Bool.random(using: &random) ? .endOfStream : .failed(SystemError(code: ECONNRESET, call: "receive"))
  }

  /// A module is gone; the manager notices that at some time.
  func abandon(_ connection: Connection) {
    let delay: UInt64 = Bool.random(using: &random) ? 0 : .random(in: 0...8_000_000_000, using: &random)
    abandoned.append((connection, time + delay))
  }

  // MARK: Time

  /// Lets time pass for the network and the manager.
  func advance(by nanoseconds: UInt64) {
    time += nanoseconds
    for gone in abandoned where gone.noticedAt <= time { gone.connection.cut(using: &random) }
    abandoned.removeAll { $0.noticedAt <= time }
    if manager == nil, time >= managerReturnsAt { manager = ManagerProcess(self, weather.limits) }
    for connection in connections {
      connection.toManager.move(at: time, using: &random)
      connection.toModule.move(at: time, using: &random)
    }
    manager?.turn()
  }

  /// Lets time pass while a module waits; the others do nothing but read.
  func pass(until deadline: UInt64, unless isReady: () -> Bool) {
    depth += 1
    defer { depth -= 1 }
    while time < deadline, failure == nil, !isReady() {
      advance(by: min(deadline - time, .random(in: 10_000...3_000_000, using: &random)))
      guard depth == 1 else { continue }
      for module in modules where !module.isBusy && module.sleepsUntil <= time {
        module.isBusy = true
        module.read(atMost: 50)
        module.isBusy = false
      }
    }
    // A run that has failed moves no more, but whoever waits must get to an end.
    if failure != nil { time = max(time, deadline) }
  }
}
