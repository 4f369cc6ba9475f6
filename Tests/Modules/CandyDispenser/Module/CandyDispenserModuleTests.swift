import BusTesting
import BusWire
import CandyDispenserProtocol
import Frames
import Testing

@testable import candy_dispenser

@Suite("The module of a candy dispenser")
struct CandyDispenserModuleTests {
  @Test("frames that do not fit their schema are reported, and keep neither the others nor the status waiting")
  func brokenFrames() throws {
    let mock = try MockBus(options: ["--port", "/nowhere/tty"], for: CandyDispenserModule.self)
    var module = try CandyDispenserModule(bus: mock.bus)
    mock.deliver(payload: [1], type: FrameType.candyDispense.id)
    try mock.deliver(CandyDispense(request: 2))
    mock.deliver(payload: [1], type: FrameType.candyReset.id)
    let error = #expect(throws: (any Error).self) { try mock.turn(&module) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("CANDY_DISPENSE"))
    let refused = try mock.sent(CandyOutcome.self)
    #expect(refused.map(\.request) == [2] && refused.map(\.refusal) == [.notConnected])
    #expect(try mock.sent(CandyStatus.self).map(\.link) == [.closed])
    module.stop()
  }

  @Test("options of the simulation without a simulation are refused")
  func simulationOptions() throws {
    let options = ["--port", "/nowhere/tty", "--sim-firmware", "real"]
    let mock = try MockBus(options: options, for: CandyDispenserModule.self)
    #expect(throws: UsageError.self) { _ = try CandyDispenserModule(bus: mock.bus) }
  }

  @Test("a request ends once, when the fate of its last candy is settled")
  func book() {
    var book = CandyBook()
    book.open(1, count: 2)
    book.open(2, count: 1)
    let candies = (1...2).map { Candy(request: 1, number: $0, of: 2) }
    var outcomes = [CandyEvent.dispensed(candies[0]), .dispensed(candies[1]), .taken(candies[0])].map { book.enter($0) }
    #expect(outcomes == [nil, nil, nil])
    outcomes = [
      .notTaken(candies[1], .timeout), .taken(candies[1]), .failed(Candy(request: 9, number: 1, of: 1), .jam),
    ]
    .map { book.enter($0) }
    #expect(
      outcomes == [
        CandyOutcome(request: 1, outcome: .done, text: "2 of 2 fell, 1 taken", dispensed: 2, taken: 1), nil, nil,
      ])
    book.cancel(2)
    let unknown = book.enter(.failed(Candy(request: 2, number: 1, of: 1), .unanswered(.lost)))
    #expect(unknown?.outcome == .failed && unknown?.mayHaveFallen == true)
  }

  @Test("a counter that is at its end stays there")
  func counterEnds() {
    var status = CandyTally.start
    status.unexpected = .max
    var tally = CandyTally(status)
    tally.count(.unexpected(.taken))
    #expect(tally.status(of: CandyHost()).unexpected == .max)
  }
}
