import BusClient
import BusTesting
import Frames
import TestSupport
import Testing

/// The code of the articles in docs/Framebus.docc, compiled and run. A test holds the two against each other.
struct Lamp: Module {
  let bus: Bus
  private(set) var isLit = false

  init(bus: Bus) {
    self.bus = bus
    bus.listen(for: [Subscription(.activityLedState, instance: bus.configuration.instance, requests: false)])
  }

  mutating func process() throws {
    while bus.hasData {
      guard let led = try bus.getData().decode(ActivityLedState.self) else { continue }
      isLit = led.state
    }
  }
}

@Suite("The articles of the SDK")
struct GuideTests {
  static let port = Option("port", value: "PATH", "The serial port of the device.")
  static let trials = Option("trials", default: 10, in: 1...1000, "How many questions there are")
  static let options: [any ProgramOption] = [port, trials]

  @Test("a first module, and its test")
  func lamp() throws {
    let mock = try MockBus()
    var lamp = Lamp(bus: mock.bus)
    try mock.deliver(ActivityLedState(state: true))
    try mock.turn(&lamp)
    #expect(lamp.isLit)
  }

  @Test("asking, answering and listening for one instance")
  func verbs() throws {
    let mock = try MockBus()
    let bus = mock.bus
    try mock.answer(.buttonState, with: ButtonState(pressed: true))
    let button = try bus.ask(ButtonState.self, timeout: .milliseconds(500))
    #expect(button.pressed)
    bus.listen(for: [Subscription(.buttonState, instance: bus.configuration.instance, values: false)])
    mock.deliverRequest(.buttonState)
    let isPressed = false
    while let frame = bus.nextFrame() {
      if frame.isRequest, frame.type == .buttonState { try bus.send(ButtonState(pressed: isPressed)) }
    }
    #expect(try mock.sent(ButtonState.self) == [ButtonState(pressed: false)])
  }

  @Test("a job, and the same again")
  func job() throws {
    let mock = try MockBus()
    let bus = mock.bus
    let job = try bus.job(CandyDispense(request: 0, count: 3))
    let request = job.request
    let again = try bus.job(CandyDispense.self, resuming: request)
    #expect(again.request == request && again.outcome == nil)
    #expect(try mock.sent(CandyDispense.self).map(\.count) == [3])
  }

  @Test("a real manager in the process of the test")
  func manager() throws {
    let manager = try TestManager()
    let sender = try Bus(manager.configuration("sender"))
    try sender.connect(timeout: .seconds(10))
    #expect(sender.isConnected)
    sender.stop()
    manager.stop()
    #expect(Self.options.count == 2)
  }

  @Test("show code that stands in this file", arguments: ["YourFirstModule", "UsingTheBus"])
  func articles(name: String) throws {
    func lines(_ text: some StringProtocol) -> String {
      text.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
    }
    let code = lines(try Fixture.text("Tests/BusClientTests/GuideTests.swift"))
    let blocks = try Fixture.text("docs/Framebus.docc/\(name).md").split(separator: "```").filter {
      $0.hasPrefix("swift\n")
    }
    #expect(blocks.count > 1)
    for block in blocks {
      #expect(code.contains(lines(block.dropFirst("swift\n".count))), "\(block)")
    }
  }
}
