import BusTesting
import BusWire
import TestSupport
import Testing

@testable import BusClient

/// A worker of one process, and the next one in the same state folder.
@Suite("A worker")
struct WorkerTests {
  private let folder: TemporaryFolder
  private let mock: MockBus

  init() throws {
    folder = try TemporaryFolder()
    mock = try Self.bus(folder)
  }

  private static func bus(_ folder: TemporaryFolder?) throws -> MockBus {
    try MockBus(options: folder.map { ["--state", $0.path("state")] } ?? [], for: Nothing.self)
  }

  private func jobs(_ mock: MockBus? = nil) throws -> Jobs<Brew> {
    let bus = (mock ?? self.mock).bus
    bus.listen(for: Brew.frameType)
    return try Jobs<Brew>(bus) { BrewOutcome(request: $0.request, outcome: .failed, text: "\($0.cups) cups, unknown") }
  }

  /// Accepts what comes.
  private func take(_ jobs: inout Jobs<Brew>, on mock: MockBus? = nil) throws -> [Brew] {
    let bus = (mock ?? self.mock).bus
    while bus.hasData {
      if let command = try jobs.command(in: bus.getData()) { jobs.accept(command) }
    }
    return jobs.commit()
  }

  @Test("accepts a command once, and repeats its latest word")
  func once() throws {
    var jobs = try jobs()
    try mock.deliver(Brew(request: 7, cups: 2))
    #expect(try take(&jobs) == [Brew(request: 7, cups: 2)])
    #expect(try mock.sent(BrewAccepted.self).map(\.request) == [7])
    try mock.deliver(Brew(request: 7, cups: 2))
    #expect(try take(&jobs) == [])
    #expect(try mock.sent(BrewAccepted.self).map(\.request) == [7, 7])

    try jobs.report(BrewCup(request: 7, number: 1))
    try mock.deliver(Brew(request: 7, cups: 2))
    #expect(try take(&jobs) == [])
    let cups = mock.sent.filter { $0.header.type == BrewCup.frameType.id }
    #expect(cups.map { $0.header.flags.contains(.retained) } == [false, true])
    #expect(cups[0].header.timestamp == cups[1].header.timestamp)

    jobs.end(BrewOutcome(request: 7, outcome: .done, text: ""))
    jobs.commit()
    jobs.end(BrewOutcome(request: 7, outcome: .failed, text: "a second end"))
    jobs.commit()
    try mock.deliver(Brew(request: 7, cups: 2))
    #expect(try take(&jobs) == [])
    let outcomes = mock.sent.filter { $0.header.type == BrewOutcome.frameType.id }
    #expect(try outcomes.map { try BrewOutcome(payload: $0.payload).outcome } == [.done, .done])
    #expect(outcomes.map { $0.header.flags.contains(.retained) } == [false, true])
    #expect(outcomes[0].header.timestamp == outcomes[1].header.timestamp)
  }

  @Test("refuses another command under an id that is in use, and says the same to two that are on their way")
  func refuses() throws {
    var jobs = try jobs()
    try mock.deliver(Brew(request: 7))
    _ = try take(&jobs)
    try mock.deliver(Brew(request: 7, cups: 3))
    #expect(try take(&jobs) == [])
    #expect(try mock.sent(BrewOutcome.self).map(\.outcome) == [.refused])
    #expect(jobs.openCount == 1)

    try mock.deliver(Brew(request: 8))
    jobs.refuse(try #require(try jobs.command(in: mock.bus.getData())), "no water")
    mock.forgetSent()
    try mock.deliver(Brew(request: 8))
    #expect(try take(&jobs) == [])
    #expect(try mock.sent(BrewOutcome.self) == [BrewOutcome(request: 8, outcome: .refused, text: "no water")])
  }

  @Test("refuses a command that does not fit its schema, if its id can be read")
  func unreadable() throws {
    var jobs = try jobs()
    for payload in [[7, 0, 0, 0], [7, 0, 0], [0, 0, 0, 0]] as [[UInt8]] {
      mock.deliver(payload: payload, type: Brew.frameType.id)
      let frame = try mock.bus.getData()
      #expect(throws: BusError.self) { try jobs.command(in: frame) }
    }
    mock.bus.flush()
    let refused = try mock.sent(BrewOutcome.self)
    #expect(refused.map(\.request) == [7] && refused[0].outcome == .refused && refused[0].text.contains("BREW"))
  }

  @Test("does a command without an id each time, and keeps nothing of it")
  func anonymous() throws {
    var jobs = try jobs()
    for _ in 0..<2 { try mock.deliver(Brew(request: 0)) }
    #expect(try take(&jobs).count == 2)
    jobs.end(BrewOutcome(request: 0, outcome: .done, text: ""))
    #expect(mock.sent.last?.header.flags.contains(.retain) == false)
    #expect(jobs.openCount == 0)
  }

  @Test("that is killed says at its next start what became of its jobs, each once")
  func killed() throws {
    do {
      var jobs = try jobs()
      for request in UInt32(1)...2 { try mock.deliver(Brew(request: request, cups: UInt8(request))) }
      _ = try take(&jobs)
      jobs.end(BrewOutcome(request: 1, outcome: .done, text: "first"))
      jobs.commit()
    }
    let next = try Self.bus(folder)
    var jobs = try jobs(next)
    let said = next.sent.filter { $0.header.type == BrewOutcome.frameType.id }
    #expect(
      try said.map { try BrewOutcome(payload: $0.payload) } == [
        BrewOutcome(request: 1, outcome: .done, text: "first"),
        BrewOutcome(request: 2, outcome: .failed, text: "2 cups, unknown"),
      ])
    #expect(said[0].header.flags.contains(.retained))
    #expect(said[0].header.timestamp == mock.sent.last?.header.timestamp)
    // Neither is done again, now or after the next start.
    for request in UInt32(1)...2 { try next.deliver(Brew(request: request, cups: UInt8(request))) }
    #expect(try take(&jobs, on: next) == [])
  }

  @Test("that is killed twice has one outcome for each job")
  func killedTwice() throws {
    do {
      var jobs = try jobs()
      try mock.deliver(Brew(request: 1))
      _ = try take(&jobs)
    }
    var texts: [[BrewOutcome]] = []
    var times: Set<UInt64> = []
    for _ in 0..<2 {
      let next = try Self.bus(folder)
      _ = try jobs(next)
      texts.append(try next.sent(BrewOutcome.self))
      times.formUnion(next.sent.map(\.header.timestamp))
    }
    #expect(texts[0] == texts[1] && texts[0].count == 1)
    #expect(times.count == 1)
  }

  @Test("keeps outcomes of a time without a manager for the next one")
  func away() throws {
    var jobs = try jobs()
    try mock.deliver(Brew(request: 1))
    _ = try take(&jobs)
    mock.forgetSent()
    mock.disconnect(managerIsThere: false)
    #expect(!mock.bus.hasData)
    try jobs.report(BrewCup(request: 1, number: 1))
    jobs.end(BrewOutcome(request: 1, outcome: .done, text: ""))
    jobs.commit()
    #expect(mock.sent.isEmpty)
    mock.disconnect(managerIsThere: true)
    mock.advance(by: .milliseconds(10_000))
    #expect(!mock.bus.hasData)
    #expect(mock.sent.map(\.header.type) == [BrewCup.frameType.id, BrewOutcome.frameType.id])
    #expect(mock.sent.allSatisfy { $0.header.flags.isSuperset(of: [.retain, .retained]) })
  }

  @Test("sends an outcome later that the bus has no room for now")
  func noRoom() throws {
    var jobs = try jobs()
    try mock.deliver(Brew(request: 1))
    _ = try take(&jobs)
    mock.setTakesFrames(false)
    while (try? mock.bus.send(payload: [UInt8](repeating: 0, count: 60_000), of: FrameType(id: 1))) != nil {}
    jobs.end(BrewOutcome(request: 1, outcome: .done, text: ""))
    jobs.commit()
    mock.setTakesFrames(true)
    jobs.commit()
    #expect(try mock.sent(BrewOutcome.self).count == 1)
  }

  @Test("appends to its journal, and writes it anew when it has grown large")
  func journal() throws {
    let path = folder.path("journal")
    let log = Log(level: .error) { _ in }
    func open() throws -> [UInt32] {
      var store = try JobStore(path: path, outcomeType: 5003, log: log)
      return store.past(jobsMax: 4).open.map(\.request)
    }
    func write(_ request: UInt32, size: Int) throws {
      var store = try JobStore(path: path, outcomeType: 5003, log: log)
      // Half of it is written first, so that the journal is large when the other half is.
      for half in [request, request + 1] {
        store.add(.accepted(request: half, command: [UInt8](repeating: 1, count: size)))
        store.write { [] }
      }
    }
    try write(7, size: 1)
    #expect(try open() == [7, 8])
    try write(9, size: 600_000)
    #expect(try open().isEmpty)
  }

  @Test("without a state folder goes on, and says what that means")
  func noFolder() throws {
    var configuration = BusConfiguration(name: "test")
    configuration.address = .tcp(host: "nowhere", port: 1)
    configuration.log = Log(level: .error) { _ in }
    let jobs = try Jobs<Brew>(Bus(configuration)) { BrewOutcome(request: $0.request, outcome: .failed, text: "") }
    #expect(jobs.journalProblem?.contains("--state") == true)
  }

  @Test("does not share its journal with another process")
  func locked() throws {
    let first = try jobs()
    let second = try Self.bus(folder)
    #expect(throws: BusError.self) { try jobs(second) }
    _ = first
  }

  private struct Nothing: Module {
    init(bus: Bus) {}
    mutating func process() {}
  }
}
