import BusTesting
import BusWire
import Frames
import Testing

@Suite("Receiving")
struct ReceivingTests {
  let mock: MockBus

  init() throws {
    mock = try MockBus()
    mock.bus.listen(for: .buttonState, .temperature)
  }

  @Test("getData with nothing there throws noData")
  func noData() {
    #expect(!mock.bus.hasData)
    #expect(throws: BusError.noData) { try mock.bus.getData() }
  }

  @Test("frames come out in order, with all that their header says")
  func order() throws {
    try mock.deliver(ButtonState(pressed: true), from: 7, instance: 2)
    mock.deliverRequest(.buttonState, from: 8)
    let first = try mock.bus.getData()
    #expect(first.type == .buttonState)
    #expect(first.source == 7)
    #expect(first.instance == 2)
    #expect(!first.isRequest)
    #expect(first.payload == [1])
    let second = try mock.bus.getData()
    #expect(second.isRequest)
    #expect(try second.decode(ButtonState.self) == nil)
    #expect(!mock.bus.hasData)
  }

  @Test("a frame of another type decodes to nil")
  func otherType() throws {
    try mock.deliver(ButtonState(pressed: true))
    #expect(try mock.bus.getData().decode(Temperature.self) == nil)
  }

  @Test("a payload that does not fit its schema names frame, sender and field")
  func badPayload() throws {
    mock.deliver(payload: [2], type: ButtonState.frameType.id, from: 42)
    let frame = try mock.bus.getData()
    let error = #expect(throws: BusError.self) { try frame.decode(ButtonState.self) }
    #expect(error?.code == .invalidFrame)
    #expect(
      error?.message
        == "BUTTON_STATE from module 42 does not fit its schema: field 'pressed' is a bool and holds 2 instead of 0 or 1"
    )
  }

  @Test("frames that are not listened for do not come through")
  func notListened() throws {
    try mock.deliver(ActivityLedState(state: true))
    #expect(!mock.bus.hasData)
  }

  @Test("accepts tells what is listened for")
  func accepts() {
    #expect(mock.bus.accepts(.buttonState))
    #expect(!mock.bus.accepts(.activityLedState))
    mock.bus.listen(for: .all)
    #expect(mock.bus.accepts(.activityLedState))
    #expect(!mock.bus.accepts(.moduleStatus))
  }

  @Test("PING is answered at once and never seen")
  func ping() throws {
    try mock.deliverFromManager(Ping(token: 5))
    #expect(!mock.bus.hasData)
  }

  @Test("a full inbox stops reading and loses nothing")
  func full() throws {
    let count = 20_000
    for index in 0..<count {
      try mock.deliver(Temperature(id: UInt32(index), ambientTemperature: 0.01, objectTemperature: 0.02))
    }
    var ids: [UInt32] = []
    while mock.bus.hasData { ids.append(try #require(try mock.bus.getData().decode(Temperature.self)).id) }
    #expect(ids == (0..<UInt32(count)).map { $0 })
  }

  @Test("frames that the module keeps stay whole while others arrive")
  func kept() throws {
    var kept: [(id: UInt32, frame: Frame)] = []
    var next: UInt32 = 0
    for index in 0..<30_000 {
      try mock.deliver(Temperature(id: UInt32(index), ambientTemperature: 0.01, objectTemperature: 0.02))
      guard index % 100 == 99 else { continue }
      while mock.bus.hasData {
        let frame = try mock.bus.getData()
        if next.isMultiple(of: 7) { kept.append((next, frame)) }
        next += 1
      }
    }
    #expect(kept.count == 4286)
    for (id, frame) in kept {
      try #require(try frame.decode(Temperature.self)?.id == id)
    }
  }

  @Test("a frame larger than the inbox comes through, between small ones")
  func large() throws {
    mock.bus.listen(for: .all)
    try mock.deliver(ButtonState(pressed: true))
    mock.deliver(payload: (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }, type: 5000)
    try mock.deliver(ButtonState(pressed: false))
    #expect(try mock.bus.getData().payload == [1])
    let large = try mock.bus.getData()
    #expect(large.payload == (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) })
    #expect(try mock.bus.getData().payload == [0])
    #expect(!mock.bus.hasData)
  }

  @Test("a frame of type 0, which is nobody's, ends the connection instead of being handed out")
  func typeZero() throws {
    let mock = try MockBus()
    mock.bus.listen(for: .all)
    mock.deliver(payload: [1, 2, 3], type: 0)
    #expect(!mock.bus.hasData)
    #expect(!mock.bus.isConnected)
    #expect(mock.bus.lastFailure?.message.contains("does not speak the protocol") == true)
  }
}
