import BusTesting
import Frames
import Testing

@testable import button_module
@testable import controller_module
@testable import led_module

@Suite("Button, controller and LED")
struct LedButtonTests {
  let mock: MockBus

  init() throws {
    mock = try MockBus()
  }

  @Test("the controller asks for the button on every beat, and only then")
  func asks() throws {
    var controller = Controller(bus: mock.bus)
    try mock.turn(&controller)
    try mock.turn(&controller, isBeat: false)
    try mock.turn(&controller)
    #expect(mock.requestCount(.buttonState) == 2)
    #expect(mock.listenSet.map(\.type) == [1])
  }

  @Test("the controller switches the LED as the button says", arguments: [true, false])
  func forwards(_ pressed: Bool) throws {
    var controller = Controller(bus: mock.bus)
    try mock.deliver(ButtonState(pressed: pressed))
    mock.deliverRequest(.buttonState)
    try mock.turn(&controller)
    #expect(try mock.sent(ActivityLedState.self) == [ActivityLedState(state: pressed)])
  }

  @Test("the button answers each request with one value, and values with nothing")
  func answers() throws {
    var button = Button(bus: mock.bus)
    try mock.deliver(ButtonState(pressed: true))
    mock.deliverRequest(.buttonState)
    mock.deliverRequest(.buttonState)
    try mock.turn(&button)
    #expect(try mock.sent(ButtonState.self).count == 2)
    #expect(mock.sent.count == 2)
  }

  @Test("with several buttons, controllers and LEDs, each of them answers and hears its own instance only")
  func instances() throws {
    var button = Button(bus: mock.bus)
    mock.deliverRequest(.buttonState, instance: 1)
    try mock.turn(&button)
    #expect(try mock.sent(ButtonState.self).isEmpty)

    var controller = Controller(bus: mock.bus)
    try mock.deliver(ButtonState(pressed: true), instance: 1)
    try mock.turn(&controller, isBeat: false)
    #expect(try mock.sent(ActivityLedState.self).isEmpty)

    var lines: [String] = []
    var led = Led(bus: mock.bus) { lines.append($0) }
    try mock.deliver(ActivityLedState(state: true), instance: 1)
    try mock.turn(&led)
    #expect(lines.isEmpty)
  }

  @Test("the button shows both of its states in time")
  func chance() throws {
    var button = Button(bus: mock.bus)
    for _ in 0..<200 { mock.deliverRequest(.buttonState) }
    try mock.turn(&button)
    #expect(Set(try mock.sent(ButtonState.self).map(\.pressed)) == [true, false])
  }

  @Test("the LED says what it shows, and ignores requests")
  func shows() throws {
    var lines: [String] = []
    var led = Led(bus: mock.bus) { lines.append($0) }
    try mock.deliver(ActivityLedState(state: true))
    mock.deliverRequest(.activityLedState)
    try mock.deliver(ActivityLedState(state: false))
    try mock.turn(&led)
    #expect(lines == ["The LED is ON", "The LED is OFF"])
  }
}
