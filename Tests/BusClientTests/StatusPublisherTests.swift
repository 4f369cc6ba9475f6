import BusTesting
import Frames
import Testing

@Suite("A status that is published")
struct StatusPublisherTests {
  let mock: MockBus
  /// The tens matter, the ones only count.
  var publisher = StatusPublisher<Temperature> { $0.id / 10 != $1.id / 10 }

  init() throws { mock = try MockBus() }

  private func status(_ tens: UInt32, _ ones: UInt32 = 0) -> Temperature {
    Temperature(id: tens * 10 + ones, ambientTemperature: 0, objectTemperature: 0)
  }

  private mutating func publish(_ status: Temperature) throws -> Int {
    try publisher.publish(status, on: mock.bus)
    return try mock.sent(Temperature.self).count
  }

  @Test("goes out at once when it has changed, and not again when it has not")
  mutating func changes() throws {
    #expect(try publish(status(1)) == 1)
    #expect(try publish(status(1)) == 1)
    #expect(try publish(status(2)) == 2)
  }

  @Test("goes out once a second at most if only its counters have changed")
  mutating func counters() throws {
    #expect(try publish(status(1)) == 1)
    #expect(try publish(status(1, 1)) == 1)
    mock.advance(by: .milliseconds(999))
    #expect(try publish(status(1, 2)) == 1)
    mock.advance(by: .milliseconds(1))
    #expect(try publish(status(1, 3)) == 2)
    #expect(try publish(status(1, 4)) == 2)
    #expect(try publish(status(2, 4)) == 3, "a change that matters does not wait")
  }

  @Test("goes out again when somebody asked for it")
  mutating func asked() throws {
    #expect(try publish(status(1)) == 1)
    publisher.sendAgain()
    #expect(try publish(status(1)) == 2)
  }

  @Test("waits for the manager, and is not taken for sent meanwhile")
  func disconnected() throws {
    var publisher = StatusPublisher<ButtonState>()
    mock.disconnect(managerIsThere: false)
    #expect(!mock.bus.hasData)
    try publisher.publish(ButtonState(pressed: true), on: mock.bus)
    mock.disconnect(managerIsThere: true)
    mock.advance(by: .seconds(3))
    #expect(!mock.bus.hasData && mock.bus.isConnected)
    try publisher.publish(ButtonState(pressed: true), on: mock.bus)
    #expect(try mock.sent(ButtonState.self).count == 1)
  }
}
