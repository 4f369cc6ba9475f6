import BusSystem
import BusTesting
import Foundation
import Frames
import TestSupport
import Testing

@testable import framebus

@Suite("framebus pipe", .timeLimit(.minutes(1)))
struct PipeTests {
  private static let temperature =
    #"{"frame":"TEMPERATURE","fields":{"id":1,"ambient_temperature":21.5,"object_temperature":22}}"# + "\n"

  /// Starts the tool as a module that reads what is written into `input`.
  private func start(
    _ manager: TestManager, _ input: OSPipe, gate: OSPipe? = nil, _ arguments: String...
  ) throws -> ToolRun {
    let run = try ToolRun(input: input.readEnd, outputGate: gate?.writeEnd)
    let all = ["--bus", "\(manager.address)", "pipe"] + arguments
    try BusSystem.Thread { run.perform(all) }.detach()
    return run
  }

  @Test("sends each line, tells what is wrong with others by number, and leaves when its input ends")
  func sends() throws {
    let manager = try TestManager()
    let display = try client(manager, "display", listensFor: [.temperature])
    let input = OSPipe()
    input.write(Self.temperature + "\nnonsense\n" + #"{"frame":"GAS","fields":{"gas_value":-1,"gas_id":"CO"}}"# + "\n")
    input.write(#"{"frame":"27","fields":{"id":2,"ambient_temperature":0,"object_temperature":0},"instance":9}"#)
    input.closeWriteEnd()
    let run = try start(manager, input, "--instance", "7")
    #expect(try run.finish() == .failure && run.output == "")
    let errors = run.errors.split(separator: "\n").map { String($0) }
    #expect(errors.count == 3 && errors[0].hasPrefix("framebus: line 3: column 1: a value must be"))
    #expect(errors[1].hasPrefix("framebus: line 4: GAS: field 'gas_value' is -1, its schema allows 0 to 65535 ppm"))
    #expect(errors[2] == "framebus: lines that were not sent: 2")
    var frames: [Frame] = []
    while frames.count < 2, display.waitForData(timeout: .seconds(60)) { frames.append(try display.getData()) }
    let first = try #require(frames.first)
    #expect(
      try first.decode(Temperature.self) == Temperature(id: 1, ambientTemperature: 21.5, objectTemperature: 22))
    #expect(frames.map(\.instance) == [7, 9] && first.header.flags.contains(.retain))
  }

  @Test("is a module that listens: requests reach it, and it answers")
  func answers() throws {
    let manager = try TestManager()
    let input = OSPipe()
    let run = try start(manager, input, "BUTTON_STATE", "--name", "script")
    let asker = try client(manager, "asker")
    let ask = {
      try asker.request(.buttonState)
      try asker.barrier()
    }
    try run.wait(for: "the script", until: { $0.output.contains(#""request":true"#) }, meanwhile: ask)
    asker.listen(for: .buttonState)
    try asker.barrier()
    input.write(#"{"frame":"BUTTON_STATE","fields":{"pressed":true}}"# + "\n" + #"{"request":"BUTTON_STATE"}"# + "\n")
    var kinds: [Bool] = []
    while kinds.count < 2, asker.waitForData(timeout: .seconds(60)) {
      kinds.append(try asker.getData().isRequest)
    }
    #expect(kinds == [false, true])
    let list = try ToolRun.run(manager, "list", "--no-rates", "--json").output
    #expect(list.contains(#""name":"script","instance":0"#) && list.contains(#""listeners":["asker","script"]"#))
    run.interrupt()
    #expect(try run.finish() == .ok && run.errors == "")
    let line = try #require(run.output.split(separator: "\n").first)
    #expect(line.hasSuffix(#""priority":"normal","request":true,"retained":false,"fields":{}}"#))
  }

  @Test("goes on listening after its input with --stay")
  func stays() throws {
    let manager = try TestManager()
    let input = OSPipe()
    input.closeWriteEnd()
    let run = try start(manager, input, "GAS", "--stay")
    let sensor = try client(manager, "sensor")
    let send = {
      try sensor.send(Gas(gasValue: 1, gasId: .co))
      try sensor.barrier()
    }
    try run.wait(for: "a frame", until: { $0.output.contains(#""gas_id":"CO""#) }, meanwhile: send)
    run.interrupt()
    #expect(try run.finish() == .ok)
  }

  @Test("sends on while nobody reads its output, and loses nothing of that")
  func stalledReader() throws {
    let manager = try TestManager()
    let (input, gate) = (OSPipe(), OSPipe())
    gate.fill()
    let run = try start(manager, input, gate: gate, "GAS", "--name", "script")
    let peer = try client(manager, "peer", listensFor: [.temperature])
    input.write(Self.temperature)
    #expect(peer.waitForData(timeout: .seconds(60)))
    _ = try peer.getData()
    for value in 0..<100 { try peer.send(Gas(gasValue: UInt16(value), gasId: .co)) }
    try peer.barrier()
    input.write(Self.temperature)
    #expect(peer.waitForData(timeout: .seconds(60)) && run.output == "")
    gate.drain()
    input.closeWriteEnd()
    #expect(try run.finish() == .ok && run.errors == "")
    #expect(run.output.split(separator: "\n").count == 100)
  }

  @Test("ends quietly when nobody reads any more, and at once by a signal while a reader stalls")
  func ends() throws {
    let manager = try TestManager()
    let sensor = try client(manager, "sensor")
    let idle = OSPipe()
    let run = try start(manager, idle, "GAS")
    run.stopReading()
    let code = try run.finish {
      try sensor.send(Gas(gasValue: 1, gasId: .co))
      try sensor.barrier()
    }
    #expect(code == .ok && run.errors == "")
    withExtendedLifetime(idle) {}
    let (input, gate) = (OSPipe(), OSPipe())
    gate.fill()
    let stalled = try start(manager, input, gate: gate, "GAS")
    stalled.interrupt()
    #expect(try stalled.finish() == .ok)
  }

  @Test("the example in Python shows what the button says")
  func python() throws {
    let tool = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "framebus")
    guard ["/usr/bin/python3", "/usr/local/bin/python3"].contains(where: FileManager.default.isExecutableFile) else {
      return
    }
    let manager = try TestManager()
    let bus = try client(manager, "button-and-led", listensFor: [.activityLedState])
    let script = Foundation.Process()
    script.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let example = Fixture.packageDirectory.appending(path: "Examples/python/echo_button.py").path
    script.arguments = ["python3", example, tool.path]
    script.environment = ProcessInfo.processInfo.environment.merging(["FRAMEBUS": "\(manager.address)"]) { $1 }
    try script.run()
    let deadline = Clock.monotonic + 60_000_000_000
    while !bus.hasData, Clock.monotonic < deadline {
      try bus.send(ButtonState(pressed: true))
      _ = bus.waitForData(timeout: .milliseconds(50))
    }
    #expect(try bus.getData().decode(ActivityLedState.self) == ActivityLedState(state: true))
    // A child of a test inherits blocked signals; this one cannot be blocked. The module leaves without its script.
    kill(script.processIdentifier, SIGKILL)
    script.waitUntilExit()
    var list = ""
    repeat {
      list = try ToolRun.run(manager, "list", "--no-rates").output
    } while list.contains("echo-button")
      && Clock.monotonic < deadline
    #expect(list.contains("button-and-led") && !list.contains("echo-button"))
  }
}
