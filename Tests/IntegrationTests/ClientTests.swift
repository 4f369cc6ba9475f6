import BusSystem
import BusTesting
import BusWire
import Foundation
import Frames
import Testing

@testable import ProgramSupport

@Suite("The SDK and a real manager", .serialized, .ownThread)
struct ClientTests {
  let manager: Manager

  init() throws { manager = try Manager() }

  private func bus(_ name: String, at address: BusAddress? = nil, instance: UInt8 = 0) throws -> Bus {
    var configuration = BusConfiguration(name: name)
    configuration.address = address ?? manager.unix
    configuration.instance = instance
    configuration.log = Log(level: .error)
    let bus = try Bus(configuration)
    try bus.connect()
    return bus
  }

  @Test("many small sends arrive in order, with the module's instance and id")
  func coalescing() throws {
    let receiver = try bus("receiver")
    receiver.listen(for: [Subscription(FrameType(id: NumberedBlock.type))])
    try receiver.barrier()
    let sender = try bus("sender", at: manager.tcp, instance: 7)
    for number in 0..<5000 {
      try sender.send(payload: WireFrame(0, number: UInt32(number)).payload, of: FrameType(id: NumberedBlock.type))
    }
    sender.flush()
    for number in 0..<5000 {
      while !receiver.hasData { try #require(receiver.waitForData(timeout: .seconds(60))) }
      let frame = try receiver.getData()
      #expect(frame.payload == WireFrame(0, number: UInt32(number)).payload)
      #expect(frame.instance == 7 && frame.source == sender.moduleID)
    }
    #expect(throws: BusError.noData) { try receiver.getData() }
  }

  @Test("ask gets an answer, hears that nobody listens, or that none came in time")
  func ask() throws {
    let asker = try bus("asker")
    #expect(
      throws: BusError(
        .noListener, "nobody listens for requests of BUTTON_STATE; is the module that answers them running?")
    ) { try asker.ask(ButtonState.self) }
    let silent = try RawClient(manager.tcp, "silent", listen: [.requests(ButtonState.frameType.id)])
    #expect(throws: BusError(.timeout, "no BUTTON_STATE came within 0.05 seconds")) {
      try asker.ask(ButtonState.self, timeout: .milliseconds(50))
    }
    #expect(try silent.next().header.source == asker.moduleID)
    silent.close()
    let button = try manager.module("button-module")
    try RawClient(manager.tcp, "probe").waitForListener(of: ButtonState.frameType.id)
    for _ in 0..<20 { _ = try asker.ask(ButtonState.self, timeout: .seconds(60)) }
    #expect(button.isRunning)
  }

  @Test("a full inbox stops the reading; what is missing then was counted, and a frame larger than it arrives, too")
  func fullInbox() throws {
    let receiver = try bus("receiver")
    receiver.listen(for: [Subscription(FrameType(id: NumberedBlock.type))])
    try receiver.barrier()
    let sender = try RawClient(manager.unix, "sender")
    let (count, _) = try NumberedBlock.send(by: sender, limit: 16 << 20)
    try sender.barrier()
    var received = 0
    while received + Int(receiver.lostFrames) < count {
      while !receiver.hasData { try #require(receiver.waitForData(timeout: .seconds(60))) }
      _ = try receiver.getData()
      received += 1
    }
    #expect(received + Int(receiver.lostFrames) == count)
    #expect(received > 1000)
    let large = [UInt8](repeating: 0x5A, count: 3 << 20)
    let text = try bus("large")
    try text.send(payload: large, of: FrameType(id: NumberedBlock.type))
    text.flush()
    var isThere = false
    while !isThere {
      isThere = receiver.waitForData(timeout: .milliseconds(10))
      text.flush()
    }
    #expect(try receiver.getData().payload == large)
  }

  @Test("send waits a second for a manager that takes nothing, says so, and nothing is lost but what it refused")
  func backpressure() throws {
    let receiver = try RawClient(manager.unix, "receiver", listen: [.type(NumberedBlock.type)])
    let sender = try bus("sender")
    manager.program.signal(SIGSTOP)
    var count: UInt32 = 0
    let error = #expect(throws: BusError.self) {
      while count < 100_000 {
        try sender.send(
          payload: WireFrame(0, number: count).payload + [UInt8](repeating: 0, count: 996),
          of: FrameType(id: NumberedBlock.type))
        count += 1
      }
    }
    #expect(error?.code == .backpressure)
    manager.program.signal(SIGCONT)
    var numbers: [UInt32] = []
    while numbers.last != count - 1 {
      sender.flush()
      if let frame = try receiver.nextNow() { numbers.append(frame.number) }
    }
    #expect(numbers.count + Int(receiver.lost) == Int(count))
  }

  @Test("hasData never waits, connected or not; send while not connected throws")
  func disconnected() throws {
    let bus = try bus("client")
    try manager.program.killAndWait()
    while bus.isConnected { _ = bus.waitForData(timeout: .milliseconds(10)) }
    let start = Clock.monotonic
    for _ in 0..<1000 { #expect(!bus.hasData) }
    #expect(Clock.monotonic - start < 10_000_000_000, "a thousand that wait 10 ms each take longer")
    let error = #expect(throws: BusError.self) { try bus.send(ActivityLedState(state: true)) }
    #expect(error?.code == .notConnected)
    #expect(error?.message.contains("no manager is there") == true || error?.message.contains("is gone") == true)
  }

  @Test("stop says GOODBYE after what was sent, also when it was never welcomed")
  func stop() throws {
    let receiver = try RawClient(manager.tcp, "receiver", listen: [.type(ActivityLedState.frameType.id)])
    let sender = try bus("sender")
    try sender.send(ActivityLedState(state: true))
    sender.stop()
    #expect(try receiver.next().payload == [1])
    try manager.program.waitForLog("event=left", "module=sender", "reason=stopped")
    #expect(throws: BusError(.stopped, "the bus was stopped")) { try sender.send(ActivityLedState(state: false)) }
  }
}
