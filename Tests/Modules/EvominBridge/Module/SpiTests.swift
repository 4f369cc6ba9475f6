import BusTesting
import BusWire
import EvominBridgeProtocol
import Frames
import TestSupport
import Testing

@testable import evomin_bridge

@Suite("A bridge to a device on SPI")
struct SpiTests: ~Copyable {
  let folder: TemporaryFolder
  let mock: MockBus
  let spi: FakeSpi
  var module: EvominBridgeModule

  init() throws {
    let spi = FakeSpi()
    let folder = try TemporaryFolder()
    let mock = try Self.bus(folder)
    let line = SpiLine(path: "/dev/spidev47.11", EvominSettings(peer: .c), random: EvominRandom(seed: 1)) {
      () throws(SystemError) in spi.open()
    }
    let module = try EvominBridgeModule(bus: mock.bus, line: line)
    self.spi = spi
    self.folder = folder
    self.mock = mock
    self.module = module
  }

  private static func bus(_ folder: TemporaryFolder) throws -> MockBus {
    try MockBus(options: ["--spi", "/dev/spidev47.11", "--state", folder.path], for: EvominBridgeModule.self)
  }

  @Test("a command is exchanged at once, and its reply is a frame from the device")
  mutating func command() throws {
    spi.replies = [0x20: [1, 0xAA, 0xAA, 0xAA, 0xFF]]
    try mock.turn(&module)
    try mock.deliver(EvominToDevice(request: 4, command: 0x20, payload: [0xAA, 0xAA, 0xAA]))
    try mock.deliver(EvominToDevice(request: 5, command: 0x21))
    try mock.turn(&module)
    try mock.turn(&module)
    #expect(spi.received == [try EvominFrame(0x20, [0xAA, 0xAA, 0xAA]), EvominFrame(0x21)])
    let reply = EvominFromDevice(command: 0x20, payload: [1, 0xAA, 0xAA, 0xAA, 0xFF], duplicate: false)
    #expect(try mock.sent(EvominFromDevice.self) == [reply])
    #expect(
      try mock.sent(EvominResult.self) == [
        EvominResult(request: 4, outcome: .done, text: "the device has it", command: 0x20, attempts: 1),
        EvominResult(request: 5, outcome: .done, text: "the device has it", command: 0x21, attempts: 1),
      ])
  }

  @Test("an acknowledgement that was damaged is asked for again, in its time")
  mutating func retry() throws {
    spi.damagedBytes = 1
    try mock.turn(&module)
    try mock.deliver(EvominToDevice(request: 4, command: 0x20))
    try mock.turn(&module)
    try mock.turn(&module)
    #expect(try mock.sent(EvominResult.self).isEmpty && spi.received.count == 1)
    mock.advance(by: .milliseconds(1500))
    try mock.turn(&module)
    #expect(try mock.sent(EvominResult.self).map(\.attempts) == [2])
    #expect(spi.received.count == 2)
  }

  @Test("a controller that fails loses the device: what was under way is given up, and the device opened again")
  mutating func failure() throws {
    spi.bytesLeft = 5
    try mock.turn(&module)
    try mock.deliver(EvominToDevice(request: 4, command: 0x20))
    try mock.deliver(EvominToDevice(request: 5, command: 0x21))
    try mock.turn(&module)
    try mock.turn(&module)
    let results = try mock.sent(EvominResult.self)
    #expect(results.map(\.request) == [4, 5] && results.map(\.outcome) == [.failed, .failed])
    #expect(results.map(\.attempts) == [1, 0] && results.map(\.mayHaveArrived) == [true, false] && spi.openCount == 0)
    let status = try #require(try mock.sent(EvominStatus.self).last)
    #expect(!status.open && status.reason.contains("transfer on fake") && status.givenUp == 2)
    spi.bytesLeft = nil
    mock.advance(by: .milliseconds(2000))
    try mock.turn(&module)
    try mock.deliver(EvominToDevice(request: 6, command: 0x22))
    try mock.turn(&module)
    try mock.turn(&module)
    #expect(try mock.sent(EvominResult.self).last?.outcome == .done)
    #expect(try mock.sent(EvominStatus.self).contains { $0.open && $0.givenUp == 2 })
  }

  @Test("without the device the module says what to look at, once, and refuses commands with that reason")
  mutating func absent() throws {
    let mock = try Self.bus(TemporaryFolder())
    var module = try EvominBridgeModule(bus: mock.bus)
    try mock.turn(&module)
    mock.advance(by: .milliseconds(5000))
    try mock.turn(&module)
    try mock.deliver(EvominToDevice(request: 6, command: 0x22))
    try mock.turn(&module)
    let refused = try #require(try mock.sent(EvominResult.self).first)
    #expect(refused.outcome == .refused && refused.text.contains("is SPI switched on"))
  }
}
