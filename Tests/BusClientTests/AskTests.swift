import BusTesting
import BusWire
import Frames
import Testing

@Suite("Asking")
struct AskTests {
  let mock: MockBus

  init() throws {
    mock = try MockBus()
  }

  @Test("an answer that comes is returned, and the listen set is as before")
  func answer() throws {
    mock.bus.listen(for: .activityLedState)
    try mock.deliver(ActivityLedState(state: true))
    try mock.deliver(ButtonState(pressed: true))
    #expect(try mock.bus.ask(ButtonState.self).pressed)
    #expect(mock.listenSet.map(\.type) == [ActivityLedState.frameType.id])
    #expect(mock.requestCount(.buttonState) == 1)
    #expect(try mock.bus.getData().type == .activityLedState)
    #expect(!mock.bus.hasData)
  }

  @Test("a kept value and another instance are no answer")
  func noAnswer() throws {
    try mock.deliver(ButtonState(pressed: true), flags: .retained)
    try mock.deliver(ButtonState(pressed: true), instance: 1)
    let error = #expect(throws: BusError.self) { try mock.bus.ask(ButtonState.self, timeout: .milliseconds(20)) }
    #expect(error?.code == .timeout)
    #expect(error?.message == "no BUTTON_STATE came within 0.02 seconds")
  }

  @Test("that nobody listens is said at once")
  func nobody() throws {
    try mock.deliverFromManager(NoListener(type: ButtonState.frameType.id, instance: 0, sequence: 0))
    let error = #expect(throws: BusError.self) { try mock.bus.ask(ButtonState.self) }
    #expect(error?.code == .noListener)
  }

  @Test("a module that listens for the type gets the answer as well")
  func both() throws {
    mock.bus.listen(for: .buttonState)
    try mock.deliver(ButtonState(pressed: true))
    #expect(try mock.bus.ask(ButtonState.self).pressed)
    #expect(try mock.bus.getData().decode(ButtonState.self) == ButtonState(pressed: true))
  }

  @Test("a module under test gets the answers that the test has prepared, and shows what it asked")
  func prepared() throws {
    try mock.answer(.buttonState, with: ButtonState(pressed: true))
    #expect(try mock.bus.ask(ButtonState.self, instance: 3).pressed)
    #expect(try mock.bus.ask(ButtonState.self).pressed)
    #expect(mock.asked.map(\.header.instance) == [3, 0] && mock.requestCount(.buttonState) == 2)
    #expect(throws: BusError.self) { try mock.bus.ask(ActivityLedState.self, timeout: .milliseconds(1)) }
  }

  @Test("an answer behind more frames than the inbox holds is heard, and none of them is lost")
  func behindOthers() throws {
    let type = FrameType(id: 5000)
    mock.bus.listen(for: type)
    for number: UInt8 in 0..<40 { mock.deliver(payload: [UInt8](repeating: number, count: 30_000), type: type.id) }
    try mock.answer(.buttonState, with: ButtonState(pressed: true))
    #expect(try mock.bus.ask(ButtonState.self).pressed)
    for number: UInt8 in 0..<40 {
      #expect(try mock.bus.getData().payload == [UInt8](repeating: number, count: 30_000))
    }
    #expect(!mock.bus.hasData)
  }
}
