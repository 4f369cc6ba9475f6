import BusWire
import Foundation
import Frames
import Glibc
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("An evoMIN device on a real bus", .ownThread)
struct EvominBridgeTests {
  static let types: [FrameType] = [
    .evominFromDevice, .evominResult, .evominUndelivered, .evominStatus, .buttonState, .temperature,
  ]
  let manager: Manager

  init() throws { manager = try Manager() }

  /// A bridge to a simulated device that is ready, and somebody who uses it.
  func ready(_ arguments: String..., name: String = "person") throws -> Person {
    let folder = try TemporaryFolder()
    let options = ["--sim", "--sim-path", folder.path("tty"), "--log-level", "debug"] + arguments
    let module = try manager.module("evomin-bridge", options)
    let person = try Person(manager.tcp, Self.types, name: name)
    (person.module, person.folder) = (module, folder)
    try person.expect(EvominStatus.self, module.errors.all) { $0.open }
    return person
  }

  func simulate(_ person: Person, _ event: EvominSimulatedEvent, _ value: UInt32 = 0) throws {
    try person.send(EvominSimulate(event: event, value: value))
  }

  @Test("a button, an LED and a thermometer are the frames that everybody knows", arguments: ["robust", "c", "python"])
  func mapped(firmware: String) throws {
    let person = try ready("--sim-firmware", firmware)
    let module = try #require(person.module)
    try simulate(person, .press)
    #expect(try person.expect(ButtonState.self).pressed)
    try person.send(ActivityLedState(state: true))
    try module.waitForLog("event=device_led", "on=true")
    try person.bus.request(.temperature)
    let temperature = try person.expect(Temperature.self)
    #expect(temperature == Temperature(id: 1, ambientTemperature: 21.5, objectTemperature: 36.5))
    try person.bus.request(.buttonState)
    #expect(try person.expect(ButtonState.self).pressed)
    let late = try Person(manager.tcp, [.temperature], name: "late")
    #expect(try late.expect(Temperature.self) == temperature, "the schema says that the last value is kept")
    #expect(try person.leftOver(EvominFromDevice.self).isEmpty && person.leftOver(EvominUndelivered.self).isEmpty)
    module.signal(SIGTERM)
    #expect(try module.exitCode() == 0)
  }

  @Test("what is not mapped travels as bytes both ways, and each command has one result")
  func unmapped() throws {
    let person = try ready()
    try person.send(EvominToDevice(request: 7, command: 0xCD, payload: [0xAA, 0xAA, 0xAA]))
    let result = EvominResult(request: 7, outcome: .done, text: "the device has it", command: 0xCD, attempts: 1)
    #expect(try person.expect(EvominResult.self) == result)
    let name = EvominFromDevice(command: 0xCD, payload: Array("evoMIN simulator 1".utf8), duplicate: false)
    #expect(try person.expect(EvominFromDevice.self) == name)
    try person.module?.waitForLog("event=device_received", #"frame="0xCD [aa aa aa]""#)
    #expect(try person.leftOver(EvominResult.self).isEmpty && person.leftOver(EvominFromDevice.self).isEmpty)
    try person.bus.request(.evominStatus)
    try person.expect(EvominStatus.self) { $0.sent == 1 && $0.acknowledged == 1 && $0.received == 1 }
  }

  @Test("a payload that is too long for the device is refused, and passes for a device that can take it")
  func tooLong() throws {
    let long = EvominToDevice(request: 8, command: 1, payload: Array(repeating: 1, count: 50))
    let person = try ready()
    try person.send(long)
    let refused = try person.expect(EvominResult.self)
    #expect(refused.request == 8 && refused.outcome == .refused && refused.attempts == 0)
    #expect(refused.text.contains("50 bytes are too many: at most 49 fit") && refused.text.contains("--peer"))
    person.module?.signal(SIGTERM)
    #expect(try person.module?.exitCode() == 0)
    let other = try ready("--peer", "framebus", name: "other")
    try other.send(long)
    #expect(try other.expect(EvominResult.self).outcome == .done)
  }

  @Test("a command that does not fit its schema is refused, with what can be known of it")
  func unreadable() throws {
    let person = try ready()
    let raw = try RawClient(manager.tcp, "raw")
    let payload = [8, 0, 0, 0] + [9, 51, 0, 0, 0] + [UInt8](repeating: 0, count: 51)
    try raw.send(WireFrame(FrameType.evominToDevice.id, payload))
    let refused = try person.expect(EvominResult.self)
    #expect(refused.request == 8 && refused.outcome == .refused && refused.attempts == 0)
    #expect(refused.text.contains("field 'payload' has 51 bytes, its schema allows 50"))
    try person.bus.request(.evominStatus)
    try person.expect(EvominStatus.self) { $0.refused == 1 }
  }

  @Test("a map sends frames to the instance it names, and what does not fit its frame travels as bytes")
  func ownMap() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      commands:
        0x10: { frame: ACTIVITY_LED_STATE, direction: to_device, instance: 3 }
        0x11: { frame: 5000, direction: from_device, request: true }
        0x12: { frame: GAS, direction: from_device, request: true }
      """, to: "evomin.yaml")
    let person = try ready("--map", folder.path("evomin.yaml"))
    let module = try #require(person.module)
    try person.send(ActivityLedState(state: true), instance: 0)
    try person.send(ActivityLedState(state: true), instance: 3)
    try module.waitForLog("event=device_led", "on=true")
    #expect(module.logCount("event=device_received") == 1)
    for _ in 1...2 {
      try person.bus.request(.gas)
      let bytes = try person.expect(EvominFromDevice.self)
      #expect(bytes.command == 0x12 && bytes.payload == [1, 0, 0, 0, 0x66, 0x08, 0x42, 0x0E])
    }
    try module.waitForLog("event=unfit", "command=0x12", "frame=GAS", "it has 8 bytes and its fields 3")
    #expect(module.logCount("event=unfit") == 1)
    try person.bus.request(.evominStatus)
    try person.expect(EvominStatus.self) { $0.unfit == 2 }
    let raw = try RawClient(manager.tcp, "raw", listen: [.values(5000)])
    try simulate(person, .press)
    let frame = try raw.next()
    #expect(frame.header.type == 5000 && frame.payload == [1])
  }

  @Test("a frame that goes both ways is not sent back to where it came from")
  func bothWays() throws {
    let folder = try TemporaryFolder()
    try folder.write("commands: { 0x11: { frame: BUTTON_STATE, direction: both } }\n", to: "evomin.yaml")
    let person = try ready("--map", folder.path("evomin.yaml"))
    try simulate(person, .press)
    #expect(try person.expect(ButtonState.self).pressed)
    try person.send(ButtonState(pressed: false))
    try person.module?.waitForLog("event=device_received", #"frame="0x11 [00]""#)
    try person.bus.request(.evominStatus)
    try person.expect(EvominStatus.self) { $0.sent == 1 && $0.received == 1 }
    #expect(try person.leftOver(ButtonState.self).isEmpty)
    #expect(person.module?.logCount("event=device_received") == 1)
  }

  @Test("a full queue holds commands without an id back, and all of them arrive, in order")
  func fullQueue() throws {
    let person = try ready("--queue", "4", "--sim-baud", "20000")
    for number in 0..<200 {
      try person.bus.send(EvominToDevice(request: 0, command: 1, payload: [UInt8(number)]))
    }
    try person.bus.request(.evominStatus)
    for _ in 0..<200 {
      let result = try person.expect(EvominResult.self)
      #expect(result.request == 0 && result.outcome == .done, "\(result)")
    }
    let status = try person.expect(EvominStatus.self) { status in
      #expect(status.queueLength <= 4)
      return status.acknowledged == 200 && status.queueLength == 0
    }
    #expect(status.lost == 0 && status.refused == 0 && status.givenUp == 0)
    // A busy machine may miss the time of an acknowledgement, so that a command is sent again.
    let received = person.module?.errors.lines.filter { $0.contains("event=device_received") }.map(Self.frame) ?? []
    let first = received.indices.filter { $0 == 0 || received[$0] != received[$0 - 1] }.map { received[$0] }
    #expect(first == (0..<200).map { "frame=\"0x01 [\($0 < 16 ? "0" : "")\(String($0, radix: 16))]\"" })
    #expect(received.count <= 200 + Int(status.retries))
    // Without an id nothing is kept for those who come later.
    let late = try Person(manager.tcp, [.evominResult], name: "late")
    try late.bus.barrier()
    #expect(try late.leftOver(EvominResult.self).isEmpty)
  }

  /// What a line of the log says of a frame.
  private static func frame(_ line: String) -> String {
    line.range(of: "frame=").map { String(line[$0.lowerBound...]) } ?? ""
  }

  @Test("what was under way when the plug was pulled is given up, and the device is found again")
  func unplugged() throws {
    let person = try ready()
    try simulate(person, .silence, 60_000)
    for request in 1...3 as ClosedRange<UInt32> {
      try person.send(EvominToDevice(request: request, command: 1))
    }
    try simulate(person, .unplug)
    for request in 1...3 as ClosedRange<UInt32> {
      let result = try person.expect(EvominResult.self)
      #expect(result.request == request && result.outcome == .failed)
      #expect(result.attempts == (request == 1 ? 1 : 0), "only the first was on its way")
      #expect(result.mayHaveArrived == (request == 1))
      #expect(result.text == (request == 1 ? "the line was closed" : "the line was closed; it was not sent"))
    }
    try person.expect(EvominStatus.self) { !$0.open }
    try person.send(EvominToDevice(request: 4, command: 1))
    let refused = try person.expect(EvominResult.self)
    #expect(refused.request == 4 && refused.outcome == .refused && refused.text.contains("the port is not open"))
    try person.send(ActivityLedState(state: true))
    let mapped = try person.expect(EvominUndelivered.self)
    #expect(mapped.frame == FrameType.activityLedState.id && mapped.command == 0x10)
    #expect(mapped.attempts == 0 && !mapped.mayHaveArrived && mapped.text.contains("the port is not open"))
    try simulate(person, .noFaults)
    try simulate(person, .plug)
    try person.expect(EvominStatus.self) { $0.open }
    try person.send(EvominToDevice(request: 5, command: 1))
    #expect(try person.expect(EvominResult.self).outcome == .done)
  }

  @Test("a silent device is asked as often as was said, and then given up with the reason")
  func silence() throws {
    let person = try ready("--retry", "20", "--attempts", "2")
    try simulate(person, .silence, 60_000)
    try person.send(EvominToDevice(request: 1, command: 9))
    let result = try person.expect(EvominResult.self)
    #expect(
      result
        == EvominResult(
          request: 1, outcome: .failed, text: "no acknowledgement came", command: 9, attempts: 2, mayHaveArrived: true))
    try person.bus.request(.temperature)
    let mapped = try person.expect(EvominUndelivered.self)
    #expect(
      mapped
        == EvominUndelivered(
          frame: FrameType.temperature.id, command: 0x12, attempts: 2, mayHaveArrived: true,
          text: "no acknowledgement came"))
  }

  @Test("what the C library sends twice is marked, or only counted")
  func duplicates() throws {
    let person = try ready("--sim-firmware", "c")
    try simulate(person, .count, 1)
    #expect(try person.expect(EvominFromDevice.self).duplicate == false)
    let again = try person.expect(EvominFromDevice.self)
    #expect(again == EvominFromDevice(command: 0x13, payload: [0, 0, 0, 0], duplicate: true))
    person.module?.signal(SIGTERM)
    #expect(try person.module?.exitCode() == 0)
    let other = try ready("--sim-firmware", "c", "--drop-duplicates", name: "other")
    try simulate(other, .count, 1)
    try other.expect(EvominFromDevice.self)
    try other.expect(EvominStatus.self) { $0.duplicates == 1 && $0.received == 2 }
    #expect(try other.leftOver(EvominFromDevice.self).isEmpty)
  }

  @Test("what a device says while there is no manager is told when one is back")
  func managerRestarts() throws {
    let folder = try TemporaryFolder()
    var manager = try Manager(folder: folder)
    let module = try manager.module(
      "evomin-bridge",
      ["--sim", "--sim-path", folder.path("tty"), "--sim-firmware", "python", "--log-level", "debug"])
    var person = try Person(manager.tcp, Self.types)
    try person.expect(EvominStatus.self, module.errors.all) { $0.open }
    // The Python library answers a second after it was asked.
    try person.bus.request(.temperature)
    try person.bus.barrier()
    try module.waitForLog("event=device_received", "frame=0x12")
    try manager.program.killAndWait()
    try module.waitForLog("event=disconnected")
    manager = try Manager(tcp: manager.tcp, folder: folder)
    person = try Person(manager.tcp, Self.types)
    #expect(try person.expect(Temperature.self, module.errors.all).id == 1)
    try person.bus.request(.evominStatus)
    try person.expect(EvominStatus.self) { $0.received == 1 && $0.dropped == 0 }
    try person.send(EvominToDevice(request: 1, command: 0xCD))
    #expect(try person.expect(EvominResult.self).outcome == .done)
  }

  @Test("a bridge that is ended tells what it gives up")
  func terminated() throws {
    let person = try ready()
    try simulate(person, .silence, 60_000)
    try person.send(EvominToDevice(request: 1, command: 1))
    try person.send(EvominToDevice(request: 2, command: 1))
    try person.bus.request(.evominStatus)
    try person.expect(EvominStatus.self) { $0.queueLength == 2 }
    person.module?.signal(SIGTERM)
    #expect(try person.module?.exitCode() == 0)
    for request in 1...2 as ClosedRange<UInt32> {
      let result = try person.expect(EvominResult.self)
      #expect(result.request == request && result.outcome == .failed && result.text.contains("the line was closed"))
    }
  }

  @Test("a simulated device can be had by itself, and a bridge finds it when it comes")
  func ownSimulator() throws {
    let folder = try TemporaryFolder()
    let module = try manager.module("evomin-bridge", ["--port", folder.path("tty"), "--baud", "1000000"])
    try module.waitForLog("event=no_port", "No such file or directory", "is the device plugged in")
    let device = try manager.module("evomin-simulator", ["--sim-path", folder.path("tty")])
    let person = try Person(manager.tcp, Self.types)
    try person.expect(EvominStatus.self, module.errors.all) { $0.open }
    try simulate(person, .press)
    #expect(try person.expect(EvominFromDevice.self).command == 0x11, "without a map nothing is mapped")
    device.signal(SIGTERM)
    #expect(try device.exitCode() == 0)
    try person.expect(EvominStatus.self) { !$0.open }
  }

  @Test("a map with mistakes, and a bridge without a line, end it with what is wrong")
  func start() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      commands:
        0x10: { frame: ACTIVITY_LED_STAT, direction: to_device }
        0x11: { frame: BUTTON_STATE, direction: from }
      """, to: "evomin.yaml")
    let map = folder.path("evomin.yaml")
    let wrong = try manager.module("evomin-bridge", ["--sim", "--map", map])
    #expect(try wrong.exitCode() == 2)
    #expect(
      wrong.errors.lines == [
        "\(map):2:18: error: this bridge knows no frame 'ACTIVITY_LED_STAT'; did you mean 'ACTIVITY_LED_STATE'? "
          + "a frame of another package is given by its id",
        "\(map):3:43: error: unknown direction 'from'; known: to_device, from_device, both",
        "evomin-bridge: --map: \(map) has 2 errors; try --help",
      ])
    let bare = try manager.module("evomin-bridge")
    #expect(try bare.exitCode() == 2)
    #expect(bare.errors.all.contains("give the device's --port or --spi, or --sim for a simulated one"))
    let both = try manager.module("evomin-bridge", ["--sim", "--port", "/dev/null"])
    #expect(try both.exitCode() == 2)
    #expect(both.errors.all.contains("--sim and --port exclude each other"))
    let absent = try manager.module("evomin-bridge", ["--sim", "--map", folder.path("none.yaml")])
    #expect(try absent.exitCode() == 2)
    #expect(absent.errors.all.contains("none.yaml: No such file or directory"))
  }
}
