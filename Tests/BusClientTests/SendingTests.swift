import BusWire
import Frames
import Testing

@testable import BusClient
@testable import BusTesting

@Suite("Sending")
struct SendingTests {
  let mock: MockBus

  init() throws {
    mock = try MockBus(instance: 3)
  }

  @Test("stamps instance, priority and time, and counts the frames of the connection")
  func stamps() throws {
    try mock.bus.send(ButtonState(pressed: true))
    try mock.bus.send(ButtonState(pressed: false), priority: .low)
    try mock.bus.request(.buttonState, instance: 1)
    let headers = mock.sent.map(\.header)
    #expect(headers.map(\.instance) == [3, 3, 1])
    #expect(headers.map(\.sequence) == [0, 1, 2])
    #expect(headers.map(\.flags.priority) == [.normal, .low, .normal])
    #expect(headers.map { $0.flags.contains(.request) } == [false, false, true])
    #expect(headers.allSatisfy { $0.timestamp > 0 })
    #expect(mock.requestCount(.buttonState) == 1)
  }

  @Test("takes priority and retain mark from the schema")
  func defaults() throws {
    try mock.bus.send(Temperature(id: 1, ambientTemperature: 21.5, objectTemperature: 0))
    #expect(mock.sent.first?.header.flags.contains(.retain) == (Temperature.frameType.retain > 0))
    #expect(mock.sent.first?.header.flags.priority == Temperature.frameType.priority)
  }

  @Test("a value outside of its schema is refused, and nothing of the frame is sent")
  func range() throws {
    let error = #expect(throws: BusError.self) {
      try mock.bus.send(ManualControl(speed: 101, rotation: 0, brake: false))
    }
    #expect(error?.code == .invalidFrame)
    #expect(
      error?.message
        == "MANUAL_CONTROL was not sent: field 'speed' is 101, its schema allows -100 to 100 %")
    try mock.bus.send(ManualControl(speed: 100, rotation: 0, brake: false))
    #expect(mock.sent.count == 1)
    let later = #expect(throws: BusError.self) {
      try mock.bus.send(ManualControl(speed: 100, rotation: 0, brake: false))
      try mock.bus.send(ManualControl(speed: 101, rotation: 0, brake: false))
    }
    #expect(later == error)
    try mock.bus.send(ManualControl(speed: 1, rotation: 2, brake: true))
    #expect(mock.sent.map(\.header.sequence) == [0, 1, 2])
    #expect(try mock.sent(ManualControl.self).map(\.speed) == [100, 100, 1])
  }

  @Test("gathered frames have the time of the first, until that is some milliseconds ago or they have gone out")
  func times() throws {
    let link = MockLink()
    link.tickNanoseconds = 4_000_000
    var configuration = BusConfiguration(name: "clock")
    configuration.address = .tcp(host: "mock", port: 0)
    let bus = try Bus(configuration, link: link)
    try bus.connect()
    try bus.send(ButtonState(pressed: true))
    bus.flush()
    link.manager.sent = []
    var times: [UInt64] = []
    func send(after milliseconds: Int, isExact: Bool) throws {
      link.advance(by: .milliseconds(milliseconds))
      times.append(isExact ? link.wallTime : times[times.count - 1] + 1)
      try bus.send(ButtonState(pressed: true))
    }
    try send(after: 1, isExact: true)
    for _ in 0..<2 { try send(after: 1, isExact: false) }
    try send(after: 2, isExact: true)
    try send(after: 1, isExact: false)
    bus.flush()
    try send(after: 1, isExact: true)
    bus.flush()
    #expect(link.manager.sent.map(\.header.timestamp) == times)
  }

  @Test("a payload over the manager's limit is refused")
  func tooLarge() throws {
    let error = #expect(throws: BusError.self) {
      try mock.bus.send(payload: [UInt8](repeating: 0, count: (4 << 20) + 1), of: FrameType(id: 5000))
    }
    #expect(error?.code == .invalidFrame)
    #expect(mock.sent.isEmpty)
  }

  @Test("a type is declared before its first frame, once")
  func declares() throws {
    try mock.bus.send(ButtonState(pressed: true))
    try mock.bus.send(ButtonState(pressed: true))
    #expect(mock.declared.map(\.name) == ["BUTTON_STATE"])
    #expect(mock.declared.first?.sends == true)
    #expect(mock.declared.first?.fingerprint == FieldList.fingerprint("pressed bool - 1"))
  }

  @Test("a declaration says the schema's priority and how much is kept")
  func declaresProperties() throws {
    let type = CandyStatus.frameType
    mock.bus.listen(for: type)
    let declare = try #require(mock.declared.first)
    #expect(try declare.properties == type.properties)
    #expect(type.retain > 0)
  }

  @Test("a type that is only asked for is not declared: that would withdraw it")
  func requestsDeclareNothing() throws {
    try mock.bus.request(.buttonState)
    #expect(mock.declared.isEmpty)
    mock.disconnect()
    #expect(!mock.bus.hasData)
    mock.advance(by: .milliseconds(100))
    #expect(!mock.bus.hasData)
    #expect(mock.bus.isConnected)
    #expect(mock.declared.isEmpty)
    try mock.bus.send(ButtonState(pressed: true))
    #expect(mock.declared.map(\.name) == ["BUTTON_STATE"])
  }

  @Test("many frames go through in order, whatever the room")
  func many() throws {
    for index in 0..<50_000 {
      try mock.bus.send(Temperature(id: UInt32(index), ambientTemperature: 0, objectTemperature: 0))
    }
    #expect(try mock.sent(Temperature.self).map(\.id) == (0..<50_000).map { UInt32($0) })
  }
}
