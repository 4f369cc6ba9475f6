import BusTesting
import BusWire
import Frames
import Testing

@Suite("Connection of a client")
struct ConnectionTests {
  @Test("connects, and knows its module id")
  func connects() throws {
    let mock = try MockBus()
    #expect(mock.bus.isConnected)
    #expect(mock.bus.moduleID == 1)
  }

  @Test("a module's name must be one")
  func name() {
    #expect(throws: BusError.self) { try MockBus(name: "not a name") }
  }

  @Test("the first failure says that no manager is there, which addresses were tried, and what to do")
  func noManager() throws {
    let mock = try MockBus()
    mock.disconnect(managerIsThere: false)
    #expect(!mock.bus.hasData)
    mock.advance(by: .milliseconds(100))
    let error = #expect(throws: BusError.self) { try mock.bus.connectOnce() }
    #expect(error?.code == .notConnected)
    #expect(
      error?.message == "no manager is there (mock:0: Connection refused); start one with bus-manager")
  }

  @Test("comes back after a break, with its declarations and its listen set")
  func reconnects() throws {
    let mock = try MockBus()
    mock.bus.listen(for: .buttonState)
    try mock.bus.send(ActivityLedState(state: true))
    let listenSet = mock.listenSet
    let declared = mock.declared
    #expect(declared.map(\.name) == ["BUTTON_STATE", "ACTIVITY_LED_STATE"])
    mock.disconnect()
    #expect(!mock.bus.hasData)
    #expect(!mock.bus.isConnected)
    mock.advance(by: .milliseconds(100))
    #expect(!mock.bus.hasData)
    #expect(mock.bus.isConnected)
    #expect(mock.listenSet == listenSet)
    #expect(mock.declared == declared)
  }

  @Test("waits longer from attempt to attempt, but never more than 2.5 s")
  func backoff() throws {
    let mock = try MockBus()
    mock.disconnect(managerIsThere: false)
    for _ in 0..<20 {
      _ = mock.bus.waitForData(timeout: .milliseconds(1000))
    }
    mock.disconnect(managerIsThere: true)
    #expect(!mock.bus.isConnected)
    _ = mock.bus.waitForData(timeout: .milliseconds(2500))
    #expect(mock.bus.isConnected)
  }

  @Test("a frame is refused while disconnected, not swallowed")
  func refuses() throws {
    let mock = try MockBus()
    mock.disconnect(managerIsThere: false)
    #expect(!mock.bus.hasData)
    let error = #expect(throws: BusError.self) { try mock.bus.send(ButtonState(pressed: true)) }
    #expect(error?.code == .notConnected)
    mock.disconnect(managerIsThere: true)
    mock.advance(by: .milliseconds(3000))
    #expect(!mock.bus.hasData)
    #expect(mock.bus.isConnected)
    #expect(mock.sent.isEmpty)
  }

  @Test("frames that arrived before a break can still be read")
  func keepsInbox() throws {
    let mock = try MockBus()
    mock.bus.listen(for: .buttonState)
    try mock.deliver(ButtonState(pressed: true))
    #expect(mock.bus.hasData)
    mock.disconnect(managerIsThere: false)
    mock.bus.flush()
    #expect(try mock.bus.getData().decode(ButtonState.self) == ButtonState(pressed: true))
  }

  @Test("a refusal is thrown with the manager's words")
  func refused() throws {
    let mock = try MockBus()
    try mock.deliverFromManager(Goodbye(code: .nameTaken, text: "the name test is taken by process 12"))
    #expect(!mock.bus.hasData)
    let error = #expect(throws: BusError.self) { try mock.bus.send(ButtonState(pressed: true)) }
    #expect(error?.code == .notConnected)
    #expect(error?.message == "not connected to a manager: the name test is taken by process 12")
  }

  @Test("an end that does not speak Framebus is left alone")
  func otherProtocol() throws {
    let mock = try MockBus()
    mock.deliver(payload: [UInt8](repeating: 1, count: 5 << 20), type: 5)
    #expect(!mock.bus.hasData)
    #expect(!mock.bus.isConnected)
  }

  @Test("after stop nothing works any more")
  func stopped() throws {
    let mock = try MockBus()
    mock.bus.stop()
    let error = #expect(throws: BusError.self) { try mock.bus.send(ButtonState(pressed: true)) }
    #expect(error?.code == .stopped)
    mock.advance(by: .milliseconds(10_000))
    #expect(!mock.bus.hasData)
    #expect(!mock.bus.isConnected)
  }
}
