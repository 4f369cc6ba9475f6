import BusClient
import BusTesting
import BusWire
import Frames
import Testing

@Suite("Backlog")
struct BacklogTests {
  let mock: MockBus
  var backlog = Backlog(framesMax: 3)

  init() throws { mock = try MockBus() }

  @Test("what is told while there is a manager goes out at once")
  mutating func connected() throws {
    try backlog.send(CommandId(commandId: 1), on: mock.bus)
    #expect(backlog.count == 0)
    #expect(try mock.sent(CommandId.self) == [CommandId(commandId: 1)])
  }

  @Test("what is told meanwhile waits for the manager, in order, and what is too much is dropped and counted")
  mutating func waits() throws {
    mock.disconnect(managerIsThere: false)
    #expect(!mock.bus.hasData)
    for id in 1...5 { try backlog.send(CommandId(commandId: UInt32(id)), on: mock.bus) }
    #expect(backlog.count == 3 && backlog.droppedFrames == 2)
    mock.forgetSent()
    mock.disconnect(managerIsThere: true)
    try mock.bus.connect()
    try backlog.send(CommandId(commandId: 6), on: mock.bus)
    #expect(try mock.sent(CommandId.self).map(\.commandId) == [3, 4, 5, 6])
    #expect(backlog.count == 0 && backlog.droppedFrames == 2)
  }

  @Test("a payload that is encoded already waits among the frames, and is sent like a frame of its type")
  mutating func payloads() throws {
    mock.disconnect(managerIsThere: false)
    #expect(!mock.bus.hasData)
    try backlog.send(CommandId(commandId: 1), on: mock.bus)
    let temperature = Temperature(id: 1, ambientTemperature: 21.5, objectTemperature: 36.5)
    try backlog.send(payload: try temperature.payload(), of: .temperature, instance: 3, on: mock.bus)
    try backlog.send(CommandId(commandId: 2), on: mock.bus)
    mock.disconnect(managerIsThere: true)
    try mock.bus.connect()
    try backlog.flush(on: mock.bus)
    #expect(mock.sent.map(\.header.type) == [FrameType.commandId.id, FrameType.temperature.id, FrameType.commandId.id])
    #expect(try mock.sent(Temperature.self) == [temperature])
    let header = mock.sent[1].header
    #expect(header.instance == 3 && header.flags.contains(.retain) && header.flags.priority == .normal)
    #expect(mock.declared.contains { $0.name == "TEMPERATURE" && $0.sends })
  }

  @Test("a frame that breaks its schema is refused and does not hold up the others")
  mutating func invalid() throws {
    do {
      try backlog.send(CandyDispense(request: 1, count: 65), on: mock.bus)
      Issue.record("a count of 65 was sent")
    } catch {
      #expect(error.code == .invalidFrame && backlog.count == 0)
    }
    try backlog.send(CandyDispense(request: 1, count: 64), on: mock.bus)
    #expect(try mock.sent(CandyDispense.self).map(\.count) == [64])
  }

  @Test("a frame that broke its schema while it waited does not take the one behind it along")
  mutating func invalidBefore() throws {
    mock.disconnect(managerIsThere: false)
    #expect(!mock.bus.hasData)
    try backlog.send(CandyDispense(request: 1, count: 65), on: mock.bus)
    mock.disconnect(managerIsThere: true)
    try mock.bus.connect()
    #expect(throws: BusError.self) { try backlog.send(CandyDispense(request: 2, count: 1), on: mock.bus) }
    try backlog.flush(on: mock.bus)
    #expect(try mock.sent(CandyDispense.self).map(\.request) == [2])
  }

  @Test("a manager that takes nothing holds up a turn for a second, however much there is to tell")
  mutating func heldUp() throws {
    let large = External(externalId: .init([1, 2]), type: 1, data: [UInt8](repeating: 1, count: 251))
    mock.setTakesFrames(false)
    var backlog = Backlog(framesMax: 1000)
    while backlog.count == 0 { try backlog.send(large, on: mock.bus) }
    let time = mock.bus.now
    for _ in 0..<20 { try backlog.send(large, on: mock.bus) }
    #expect(mock.bus.now == time && backlog.count == 21)
    try backlog.flush(on: mock.bus)
    #expect(mock.bus.now == time + .seconds(1))
    mock.setTakesFrames(true)
    try backlog.flush(on: mock.bus)
    #expect(backlog.count == 0)
  }
}
