import BusTesting
import BusWire
import Testing

@testable import BusClient

@Suite("An asker")
struct AskerTests {
  private let mock: MockBus

  init() throws { mock = try MockBus() }

  private func pass(_ duration: Duration) {
    mock.advance(by: duration)
    while mock.bus.hasData { _ = try? mock.bus.getData() }
  }

  @Test("gets one outcome, and what was said before it, in order")
  func one() throws {
    let job = try mock.bus.job(Brew(cups: 2))
    #expect(job.request != 0 && job.state == .asked)
    #expect(try mock.sent(Brew.self) == [Brew(request: job.request, cups: 2)])
    try mock.deliver(BrewAccepted(request: job.request))
    try mock.deliver(BrewCup(request: job.request &+ 1, number: 9))
    try mock.deliver(BrewCup(request: job.request, number: 1))
    try mock.deliver(BrewOutcome(request: job.request, outcome: .done, text: "enjoy"))
    try mock.deliver(BrewOutcome(request: job.request, outcome: .failed, text: "again"), flags: .retained)
    #expect(!mock.bus.hasData)
    #expect(job.state == .ended && job.outcome?.outcome == .done && job.outcome?.text == "enjoy")
    #expect(job.nextProgress()?.type == BrewAccepted.frameType)
    #expect(try job.nextProgress()?.decode(BrewCup.self)?.number == 1)
    #expect(job.nextProgress() == nil)
  }

  @Test("listens before it asks, and no longer than it waits")
  func listens() throws {
    var job: Job<Brew>? = try mock.bus.job(Brew())
    #expect(mock.listenSet.map(\.type) == [5003, 5001, 5002])
    #expect(mock.listenSet.allSatisfy { $0.values && !$0.requests && !$0.anyInstance })
    _ = job
    job = nil
    pass(.milliseconds(1))
    #expect(mock.listenSet.isEmpty)
  }

  @Test("asks again each second until somebody answers, and after each break, under the same id")
  func again() throws {
    let job = try mock.bus.job(Brew(request: 7))
    pass(.milliseconds(999))
    #expect(try mock.sent(Brew.self).count == 1)
    pass(.milliseconds(1))
    #expect(try mock.sent(Brew.self).count == 2)
    mock.disconnect()
    pass(.milliseconds(0))
    pass(.milliseconds(1000))
    #expect(mock.bus.isConnected)
    #expect(try mock.sent(Brew.self).map(\.request) == [7, 7, 7])
    try mock.deliver(BrewAccepted(request: 7))
    pass(.milliseconds(0))
    #expect(job.state == .accepted)
    mock.disconnect()
    pass(.milliseconds(0))
    pass(.milliseconds(5000))
    #expect(try mock.sent(Brew.self).count == 3)
    #expect(mock.listenSet.map(\.type).contains(5003))
    try mock.deliver(BrewOutcome(request: 7, outcome: .failed, text: ""), flags: .retained)
    pass(.milliseconds(0))
    #expect(job.outcome?.outcome == .failed)
  }

  @Test("asks for each of many jobs once, and for those that nobody answers again together")
  func several() throws {
    let jobs = try [7, 8, 9].map { try mock.bus.job(Brew(request: $0)) }
    pass(.milliseconds(0))
    #expect(try mock.sent(Brew.self).map(\.request) == [7, 8, 9])
    try mock.deliver(BrewAccepted(request: 8))
    pass(.milliseconds(0))
    pass(.milliseconds(1000))
    #expect(try mock.sent(Brew.self).map(\.request) == [7, 8, 9, 7, 9])
    #expect(jobs.map(\.state) == [.asked, .accepted, .asked])
  }

  @Test("may ask before a manager is there")
  func early() throws {
    mock.disconnect(managerIsThere: false)
    pass(.milliseconds(0))
    let job = try mock.bus.job(Brew(request: 7))
    mock.disconnect(managerIsThere: true)
    pass(.milliseconds(10_000))
    #expect(try mock.sent(Brew.self).count == 1)
    #expect(job.state == .asked)
  }

  @Test("of an earlier process's job waits for its outcome and does not ask again")
  func resumed() throws {
    let job = try mock.bus.job(Brew.self, resuming: 7)
    pass(.milliseconds(5000))
    #expect(try mock.sent(Brew.self).isEmpty)
    try mock.deliver(BrewOutcome(request: 7, outcome: .cancelled, text: ""), flags: .retained)
    pass(.milliseconds(0))
    #expect(job.outcome?.outcome == .cancelled)
  }

  @Test("cancels with one call")
  func cancel() throws {
    let job = try mock.bus.job(Brew(request: 7), instance: 3)
    try job.cancel()
    let cancel = try #require(mock.sent.last)
    #expect(cancel.header.type == 5004 && cancel.header.instance == 3 && cancel.payload == [7, 0, 0, 0])
  }

  @Test("ignores other instances, other ids and frames that are too short")
  func others() throws {
    let job = try mock.bus.job(Brew(request: 7), instance: 1)
    try mock.deliver(BrewOutcome(request: 7, outcome: .done, text: ""))
    try mock.deliver(BrewOutcome(request: 8, outcome: .done, text: ""), instance: 1)
    mock.deliver(payload: [7, 0, 0], type: 5003, instance: 1)
    mock.deliver(payload: [7, 0, 0, 0], type: 5003, instance: 1)
    pass(.milliseconds(0))
    #expect(job.state == .asked && job.outcome == nil)
    try mock.deliver(BrewOutcome(request: 7, outcome: .done, text: ""), instance: 1)
    pass(.milliseconds(0))
    #expect(job.outcome?.outcome == .done)
  }

  @Test("keeps the latest progress only, and counts the rest")
  func muchProgress() throws {
    let job = try mock.bus.job(Brew(request: 7))
    for number in UInt8(0)..<100 {
      mock.advance(by: .milliseconds(1))
      try mock.deliver(BrewCup(request: 7, number: number))
    }
    pass(.milliseconds(0))
    #expect(job.missedProgress == 36)
    #expect(try job.nextProgress()?.decode(BrewCup.self)?.number == 36)
  }

  @Test("takes a command that breaks its schema for an error, at once")
  func broken() throws {
    #expect(throws: BusError.self) { try mock.bus.job(Brew(request: 7, cups: 99)) }
    #expect(mock.listenSet.isEmpty)
  }
}
