import BusTesting
import MySensorFrames
import Testing

@testable import my_sensor

@Suite("my-sensor")
struct MySensorTests {
  @Test("sends a value once a second, which is twenty beats")
  func once() throws {
    let mock = try MockBus()
    var module = MySensorModule(bus: mock.bus)
    for _ in 0..<40 { try mock.turn(&module) }
    #expect(try mock.sent(MySensorValue.self).count == 2)
  }

  @Test("answers a request at once")
  func answers() throws {
    let mock = try MockBus()
    var module = MySensorModule(bus: mock.bus)
    mock.deliverRequest(.mySensorValue)
    try mock.turn(&module, isBeat: false)
    let value = try #require(try mock.sent(MySensorValue.self).first)
    #expect((20...22).contains(value.temperature))
  }
}
