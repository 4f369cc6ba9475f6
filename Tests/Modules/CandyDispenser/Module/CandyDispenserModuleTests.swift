import BusTesting
import BusWire
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
    let refused = try mock.sent(CandyRefused.self)
    #expect(refused.map(\.request) == [2] && refused.map(\.reason) == [.notConnected])
    #expect(try mock.sent(CandyStatus.self).map(\.link) == [.closed])
    module.stop()
  }

  @Test("options of the simulation without a simulation are refused")
  func simulationOptions() throws {
    let options = ["--port", "/nowhere/tty", "--sim-firmware", "real"]
    let mock = try MockBus(options: options, for: CandyDispenserModule.self)
    #expect(throws: UsageError.self) { _ = try CandyDispenserModule(bus: mock.bus) }
  }

  @Test("a counter that is at its end stays there")
  func counterEnds() {
    var tally = CandyTally()
    tally.unexpected = .max
    tally.count(.unexpected(.taken))
    #expect(tally.unexpected == .max)
  }
}
