import BusTesting
import Frames
import Synchronization
import Testing

@testable import BusClient

@Suite("Listening again")
struct ListeningTests {
  let mock: MockBus

  init() throws { mock = try MockBus() }

  /// What the manager was told of a type last.
  private func declared(_ type: FrameType) -> (sends: Bool, listens: Bool)? {
    mock.declared.last { $0.type == type.id }.map { ($0.sends, $0.listens) }
  }

  @Test("a second call replaces the first: what is not listened for any more is withdrawn at the manager")
  func withdrawn() throws {
    mock.bus.listen(for: .buttonState, .temperature)
    try mock.bus.send(Temperature(id: 1, ambientTemperature: 0, objectTemperature: 0))
    mock.bus.listen(for: .activityLedState)
    #expect(declared(.buttonState)! == (false, false))
    #expect(declared(.temperature)! == (true, false), "it is still sent")
    #expect(declared(.activityLedState)! == (false, true))
    #expect(mock.listenSet.map(\.type) == [FrameType.activityLedState.id])
    mock.bus.listen(for: .buttonState, .activityLedState)
    #expect(declared(.buttonState)! == (false, true), "it can come back")
  }

  @Test("a type that was withdrawn is not declared to the next manager")
  func reconnected() throws {
    mock.bus.listen(for: .buttonState)
    mock.bus.listen(for: .activityLedState)
    mock.disconnect()
    #expect(!mock.bus.hasData && !mock.bus.isConnected)
    mock.advance(by: .seconds(3))
    #expect(!mock.bus.hasData && mock.bus.isConnected)
    #expect(mock.declared.map(\.type) == [FrameType.activityLedState.id])
  }

  @Test("whoever listens for all types withdraws none")
  func all() {
    mock.bus.listen(for: .buttonState)
    mock.bus.listen(for: .all)
    #expect(declared(.buttonState)! == (false, true))
  }

  @Test("the log says which types the second call has left out")
  func logged() throws {
    let lines = Mutex<[String]>([])
    var configuration = BusConfiguration(name: "twice")
    configuration.address = .unix(path: "/nowhere/bus.sock")
    configuration.log = Log { line in lines.withLock { $0.append(line) } }
    let bus = try Bus(configuration)
    bus.listen(for: .buttonState, .temperature)
    bus.listen(for: .buttonState, .activityLedState)
    bus.listen(for: .all)
    let all = lines.withLock { $0 }
    #expect(all.count == 1 && all[0].contains("event=listen_replaced module=twice no_longer=TEMPERATURE "), "\(all)")
  }

  @Test("a frame that is sent before the first connection is refused with what to do")
  func sendInInit() throws {
    var configuration = BusConfiguration(name: "early")
    configuration.address = .unix(path: "/nowhere/bus.sock")
    let bus = try Bus(configuration)
    let error = #expect(throws: BusError.self) { try bus.send(ButtonState(pressed: true)) }
    #expect(error?.code == .notConnected && error?.message.contains("send from process() on") == true)
  }

  @Test("that no manager is there is logged once, not again by the next attempt")
  func noManagerOnce() throws {
    let lines = Mutex<[String]>([])
    var configuration = BusConfiguration(name: "alone")
    configuration.address = .unix(path: "/nowhere/bus.sock")
    configuration.log = Log { line in lines.withLock { $0.append(line) } }
    let bus = try Bus(configuration)
    #expect(throws: BusError.self) { try bus.connectOnce() }
    #expect(bus.waitForData(timeout: .milliseconds(300)) == false)
    #expect(lines.withLock { $0 } == [])
  }
}
