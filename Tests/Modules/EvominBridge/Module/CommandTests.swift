import BusTesting
import BusWire
import EvominBridgeProtocol
import Frames
import TestSupport
import Testing

@testable import evomin_bridge

@Suite("A command for a device")
struct CommandTests: ~Copyable {
  private let folder: TemporaryFolder
  private let mock: MockBus
  private let spi: FakeSpi
  private let line: SpiLine
  private var module: EvominBridgeModule

  init() throws {
    let (folder, spi) = (try TemporaryFolder(), FakeSpi())
    let mock = try Self.bus(folder)
    let line = Self.line(spi)
    var module = try EvominBridgeModule(bus: mock.bus, line: line)
    try mock.turn(&module)
    self.folder = folder
    self.spi = spi
    self.line = line
    self.mock = mock
    self.module = module
  }

  /// - Parameter folder: where its journal is, and its map.
  private static func bus(_ folder: TemporaryFolder, _ arguments: String...) throws -> MockBus {
    try folder.write("commands: { 0x10: { frame: ACTIVITY_LED_STATE, direction: to_device } }\n", to: "evomin.yaml")
    let options = ["--spi", "/dev/spidev47.11", "--state", folder.path, "--map", folder.path("evomin.yaml")]
    return try MockBus(options: options + arguments, for: EvominBridgeModule.self)
  }

  private static func line(_ spi: FakeSpi) -> SpiLine {
    var settings = EvominSettings(peer: .c)
    settings.queueFramesMax = 4096
    return SpiLine(path: "/dev/spidev47.11", settings, random: EvominRandom(seed: 1)) {
      () throws(SystemError) in spi.open()
    }
  }

  @Test("is accepted and has one result, which is repeated when the command comes again")
  mutating func once() throws {
    for _ in 0..<3 {
      try mock.deliver(EvominToDevice(request: 7, command: 0x20, payload: [1]))
      for _ in 0..<2 { try mock.turn(&module) }
    }
    #expect(spi.received == [try EvominFrame(0x20, [1])])
    #expect(try mock.sent(EvominAccepted.self) == [EvominAccepted(request: 7)])
    let results = mock.sent.filter { $0.header.type == FrameType.evominResult.id }
    #expect(results.map { $0.header.flags.contains(.retained) } == [false, true, true])
    #expect(Set(results.map(\.payload)).count == 1 && Set(results.map(\.header.timestamp)).count == 1)
  }

  @Test("without an id is sent each time it comes, and its result is not kept")
  mutating func anonymous() throws {
    for _ in 0..<2 {
      try mock.deliver(EvominToDevice(request: 0, command: 0x20))
      for _ in 0..<2 { try mock.turn(&module) }
    }
    #expect(spi.received.count == 2 && module.orders.openJobs == 0)
    let results = mock.sent.filter { $0.header.type == FrameType.evominResult.id }
    #expect(results.count == 2 && results.allSatisfy { !$0.header.flags.contains(.retain) })
  }

  @Test("goes to the device in the order in which it came, among frames that the map translates")
  mutating func order() throws {
    try mock.deliver(EvominToDevice(request: 1, command: 1))
    try mock.deliver(ActivityLedState(state: true))
    try mock.deliver(EvominToDevice(request: 2, command: 2))
    try mock.deliver(EvominToDevice(request: 0, command: 3))
    for _ in 0..<2 { try mock.turn(&module) }
    #expect(spi.received.map(\.command) == [1, 0x10, 2, 3])
  }

  @Test("is not begun without a manager, and what was begun is finished and reported to the next one")
  mutating func managerAway() throws {
    for request in 1...9 as ClosedRange<UInt32> { try mock.deliver(EvominToDevice(request: request, command: 0x20)) }
    try mock.turn(&module)
    try mock.deliver(EvominToDevice(request: 10, command: 0x21))
    #expect(mock.bus.hasData)
    mock.forgetSent()
    mock.disconnect(managerIsThere: false)
    // It notices.
    _ = try? mock.bus.barrier(timeout: .zero)
    for _ in 0..<3 { try mock.turn(&module) }
    #expect(mock.sent.isEmpty && module.orders.openJobs == 0)
    #expect(spi.received.map(\.command) == Array(repeating: 0x20, count: 9), "the tenth waits")
    mock.disconnect(managerIsThere: true)
    mock.advance(by: .seconds(10))
    _ = mock.bus.waitForData(timeout: .milliseconds(1))
    try mock.bus.connect()
    for _ in 0..<3 { try mock.turn(&module) }
    #expect(try mock.sent(EvominResult.self).map(\.request) == Array(1...10))
    #expect(spi.received.last?.command == 0x21)
  }

  @Test("that was open when the bridge was killed may have arrived, and is not sent again")
  func killed() throws {
    let folder = try TemporaryFolder()
    do {
      let mock = try Self.bus(folder)
      var module = try EvominBridgeModule(bus: mock.bus, line: Self.line(spi))
      try mock.turn(&module)
      try mock.deliver(EvominToDevice(request: 1, command: 0x20))
      for _ in 0..<2 { try mock.turn(&module) }
      spi.damagedBytes = 1
      try mock.deliver(EvominToDevice(request: 2, command: 0x21))
      for _ in 0..<2 { try mock.turn(&module) }
      #expect(try mock.sent(EvominResult.self).map(\.request) == [1] && spi.received.count == 2)
    }
    let mock = try Self.bus(folder)
    var module = try EvominBridgeModule(bus: mock.bus, line: Self.line(spi))
    for request in 1...2 as ClosedRange<UInt32> {
      try mock.deliver(EvominToDevice(request: request, command: 0x1F + UInt8(request)))
    }
    for _ in 0..<3 { try mock.turn(&module) }
    let results = try mock.sent(EvominResult.self)
    #expect(results.map(\.request) == [1, 2, 1, 2], "at the start, and when asked")
    #expect(results.map(\.outcome) == [.done, .failed, .done, .failed])
    #expect(results.map(\.mayHaveArrived) == [false, true, false, true] && results[1].command == 0x21)
    #expect(results[1].text.contains("the bridge was restarted"))
    #expect(spi.received.count == 2)
  }

  @Test("takes no room from frames without an id, and more than 1,024 are refused at once")
  mutating func limit() throws {
    spi.damagedBytes = .max
    for request in 1...1100 as ClosedRange<UInt32> { try mock.deliver(EvominToDevice(request: request, command: 0x20)) }
    for _ in 0..<6 { try mock.turn(&module) }
    #expect(module.orders.openJobs == 1024)
    let refused = try mock.sent(EvominResult.self)
    #expect(refused.count == 76 && refused.allSatisfy { $0.outcome == .refused && $0.request > 1024 })
    #expect(refused[0].text == "1024 jobs are under way; wait until one has ended")
    // 64 without an id fit in beside them; the next one waits in the bus.
    for _ in 0..<65 { try mock.deliver(EvominToDevice(request: 0, command: 0x21)) }
    for _ in 0..<2 { try mock.turn(&module) }
    #expect(mock.bus.hasData && line.waitingFrames == 1024 + 64)
  }

  @Test("of which not all can be read is refused with its id")
  mutating func unreadable() throws {
    mock.deliver(payload: [9, 0, 0, 0, 0x20, 51], type: FrameType.evominToDevice.id)
    try mock.turn(&module)
    let refused = try #require(try mock.sent(EvominResult.self).first)
    #expect(refused.request == 9 && refused.outcome == .refused && refused.text.contains("EVOMIN_TO_DEVICE"))
  }

  @Test("that the map makes of a frame is reported by the frame's id if it does not arrive")
  mutating func undelivered() throws {
    spi.bytesLeft = 5
    try mock.deliver(ActivityLedState(state: true))
    for _ in 0..<2 { try mock.turn(&module) }
    mock.deliver(payload: [], type: FrameType.activityLedState.id)
    try mock.turn(&module)
    let reports = try mock.sent(EvominUndelivered.self)
    #expect(reports.map(\.frame) == Array(repeating: FrameType.activityLedState.id, count: 2))
    #expect(reports.map(\.mayHaveArrived) == [true, false] && reports.map(\.attempts) == [1, 0])
    #expect(try mock.sent(EvominResult.self).isEmpty)
  }
}
