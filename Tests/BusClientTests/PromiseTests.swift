import BusTesting
import BusWire
import Frames
import Synchronization
import Testing

@testable import BusClient

@Suite("What the client is told")
struct PromiseTests {
  let mock: MockBus

  init() throws {
    mock = try MockBus()
    mock.bus.listen(for: .buttonState)
  }

  @Test("frames of a sender with another schema are not decoded; the difference is named")
  func mismatch() throws {
    try mock.deliverFromManager(
      Mismatch(
        type: 1, name: "BUTTON_STATE", module: 42, moduleName: "old-button", fieldsHere: "pressed bool - 1",
        fieldsThere: "pressed uint8 - 1", difference: "pressed is bool here and uint8 in old-button"))
    try mock.deliver(ButtonState(pressed: true), from: 42)
    try mock.deliver(ButtonState(pressed: true), from: 43)
    let bad = try mock.bus.getData()
    let error = #expect(throws: BusError.self) { try bad.decode(ButtonState.self) }
    #expect(
      error?.message
        == "BUTTON_STATE from module 42 has another schema: pressed is bool here and uint8 in old-button")
    #expect(try mock.bus.getData().decode(ButtonState.self)?.pressed == true)
  }

  @Test("losses are counted, and can be listened for")
  func losses() throws {
    try mock.deliverFromManager(Lost(type: 1, instance: 0, source: 42, count: 17, reason: .queueFull))
    #expect(!mock.bus.hasData)
    #expect(mock.bus.lostFrames == 17)
    mock.bus.listen(for: .lost)
    try mock.deliverFromManager(Lost(type: 1, instance: 0, source: 42, count: 3, reason: .queueFull))
    #expect(try mock.bus.getData().decode(Lost.self)?.count == 3)
    #expect(mock.bus.lostFrames == 20)
  }

  @Test("a history is sent again to the next manager, marked, with its own times, in order across types")
  func history() throws {
    for type in UInt16(4096)...4097 {
      mock.bus.declare(
        id: type, name: "F\(type)", fields: "", properties: FrameProperties(retain: 3), sends: true, listens: false)
    }
    for value in UInt8(0)..<10 {
      let type = FrameType(id: 4096 + UInt16(value % 2))
      try mock.bus.send(payload: [value], of: type, flags: .retain.with(value < 5 ? .high : .low))
    }
    try mock.bus.request(FrameType(id: 4096))
    let before = mock.sent
    #expect(zip(before, before.dropFirst()).allSatisfy { $0.header.timestamp < $1.header.timestamp })
    mock.forgetSent()
    mock.disconnect()
    #expect(!mock.bus.hasData)
    mock.advance(by: .seconds(1))
    #expect(!mock.bus.hasData)
    let again = mock.sent
    #expect(again.map(\.payload) == (4..<10).map { [$0] })
    #expect(again.map(\.header.timestamp) == before[4..<10].map(\.header.timestamp))
    #expect(again.allSatisfy { $0.header.flags.isSuperset(of: [.retain, .retained]) })
    #expect(again.map(\.header.sequence) == Array(0..<6))
  }

  @Test("a frame that is too large for the next manager stays, and the others are sent")
  func smallerManager() throws {
    try mock.bus.send(payload: [UInt8](repeating: 1, count: 5000), of: FrameType(id: 4096), flags: .retain)
    try mock.bus.send(payload: [2], of: FrameType(id: 4097), flags: .retain)
    mock.forgetSent()
    for (limit, expected) in [(UInt32(1000), [1]), (10_000, [5000, 1])] {
      mock.setPayloadBytesMax(limit)
      mock.disconnect()
      #expect(!mock.bus.hasData)
      mock.advance(by: .seconds(1))
      #expect(!mock.bus.hasData)
      #expect(mock.bus.isConnected)
      #expect(mock.sent.map(\.payload.count) == expected)
      mock.forgetSent()
    }
  }

  @Test("what a client keeps for the next manager is bounded: the oldest frames go")
  func bounded() throws {
    for value in UInt8(0)..<20 {
      let type = FrameType(id: 4096 + UInt16(value))
      try mock.bus.send(payload: [UInt8](repeating: value, count: 1 << 20), of: type, flags: .retain)
    }
    mock.forgetSent()
    mock.disconnect()
    #expect(!mock.bus.hasData)
    mock.advance(by: .seconds(1))
    #expect(!mock.bus.hasData)
    #expect(mock.sent.map(\.payload.first) == (5..<20).map { $0 })
  }

  @Test("last values are sent again to the next manager, each once, with their own time")
  func retained() throws {
    for value in [1.0, 2] {
      try mock.bus.send(Temperature(id: 1, ambientTemperature: value, objectTemperature: 0))
    }
    try mock.bus.send(Temperature(id: 2, ambientTemperature: 0.03, objectTemperature: 0), instance: 1)
    try mock.bus.send(ButtonState(pressed: true))
    let before = mock.sent
    mock.forgetSent()
    mock.disconnect()
    #expect(!mock.bus.hasData)
    mock.advance(by: .milliseconds(1000))
    #expect(!mock.bus.hasData)
    #expect(mock.bus.isConnected)
    let again = mock.sent
    #expect(again.map(\.payload) == [before[1].payload, before[2].payload])
    #expect(again.map(\.header.timestamp) == [before[1].header.timestamp, before[2].header.timestamp])
    #expect(again.map(\.header.sequence) == [0, 1])
  }

  @Test("how long the bus was away is known after a reconnect")
  func absence() throws {
    #expect(mock.bus.lastAbsence == nil)
    mock.disconnect(managerIsThere: false)
    #expect(!mock.bus.hasData)
    mock.advance(by: .milliseconds(7000))
    #expect(!mock.bus.hasData)
    mock.disconnect(managerIsThere: true)
    mock.advance(by: .milliseconds(3000))
    #expect(!mock.bus.hasData)
    #expect(mock.bus.lastAbsence == .seconds(10))
  }

  @Test("a manager that takes nothing for a second is told as backpressure, and nothing is sent twice")
  func backpressure() throws {
    mock.setTakesFrames(false)
    var sent: UInt32 = 0
    let error = #expect(throws: BusError.self) {
      while true {
        try mock.bus.send(CommandId(commandId: sent))
        sent += 1
      }
    }
    #expect(error?.code == .backpressure)
    #expect(sent > 1000)
    mock.setTakesFrames(true)
    #expect(try mock.sent(CommandId.self).map(\.commandId) == (0..<sent).map { $0 })
  }

  @Test("a send that waits goes on reading into the inbox")
  func readsWhileWaiting() throws {
    mock.setTakesFrames(false)
    try mock.deliver(ButtonState(pressed: true))
    #expect(throws: BusError.self) {
      while true { try mock.bus.send(ActivityLedState(state: true)) }
    }
    #expect(mock.bus.hasData)
  }
}
