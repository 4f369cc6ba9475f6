import BusSystem
import BusTesting
import Frames
import GoldenFrames
import Testing

@testable import framebus

@Suite("framebus listen", .timeLimit(.minutes(1)))
struct ListenTests {
  /// Starts to listen and waits until frames of the module arrive.
  private func listening(_ manager: TestManager, _ bus: Bus, _ arguments: String...) throws -> ToolRun {
    let run = try ToolRun()
    let all = ["--bus", "\(manager.address)", "listen"] + arguments
    try BusSystem.Thread { run.perform(all) }.detach()
    try run.wait(
      for: "the first line", until: { $0.output != "" }, meanwhile: { try send(ButtonState(pressed: false), bus) })
    return run
  }

  private func send<Payload: TypedFrame>(_ frame: Payload, _ bus: Bus, instance: UInt8? = nil) throws {
    try bus.send(frame, instance: instance)
    try bus.barrier()
  }

  @Test("decodes what passes, also frames that it was not built with and modules that come later")
  func decodes() throws {
    let manager = try TestManager()
    let button = try client(manager, "button")
    let run = try listening(manager, button)
    let late = try client(manager, "late", instance: 1)
    try send(Trigger(), late)
    try send(Temperature(id: 9, ambientTemperature: 21.5, objectTemperature: -0.5), late)
    try late.request(.buttonState, instance: 0)
    try send(External(externalId: .init([1, 2]), type: 3, data: [255]), late)
    try run.wait(for: "the last line", until: { $0.output.contains("EXTERNAL") })
    let lines = run.output.split(separator: "\n").map { $0.dropFirst("00:00:00.000 ".count) }
    #expect(lines[0] == "button BUTTON_STATE pressed=false")
    #expect(lines.contains("late/1 TRIGGER (instance 1)"))
    #expect(
      lines.contains(
        "late/1 TEMPERATURE (instance 1) id=9 ambient_temperature=21.50 degC object_temperature=-0.50 degC"))
    #expect(lines.contains("late/1 BUTTON_STATE (request)"))
    #expect(lines.contains("late/1 EXTERNAL (instance 1) external_id=[1, 2] type=3 data=0xff"))
    run.interrupt()
    #expect(try run.finish() == .ok)
    #expect(run.errors == "")
  }

  @Test("shows a payload that does not fit, and one that nobody declared, and goes on")
  func misfits() throws {
    let manager = try TestManager()
    let button = try client(manager, "button")
    let run = try listening(manager, button)
    try button.send(payload: [7], of: FrameType(id: FrameType.buttonState.id))
    try button.send(payload: [1, 2], of: FrameType(id: 999))
    try send(Gas(gasValue: 5, gasId: .co), button)
    try run.wait(for: "the last line", until: { $0.output.contains("GAS") })
    #expect(
      run.output.contains(
        "button BUTTON_STATE does not fit its schema: field 'pressed' is a bool and holds 7 instead of 0 or 1"
          + " payload 0x07\n"))
    #expect(run.output.contains("button frame 999 no schema is known; payload 0x0102\n"))
    #expect(run.output.hasSuffix("button GAS gas_value=5 ppm gas_id=CO\n"))
    run.interrupt()
    _ = try run.finish()
  }

  @Test("writes one JSON object per line, or header and bytes")
  func formats() throws {
    let manager = try TestManager()
    let button = try client(manager, "button")
    let json = try listening(manager, button, "button_state", "--json", "--count", "1")
    #expect(try json.finish() == .ok)
    #expect(json.output.hasPrefix(#"{"timestamp":"#) && json.output.split(separator: "\n").count == 1)
    #expect(
      json.output.hasSuffix(
        #""frame":"BUTTON_STATE","id":1,"instance":0,"priority":"normal","request":false,"retained":false,"#
          + #""fields":{"pressed":false}}"# + "\n"))
    let raw = try listening(manager, button, "1", "--raw", "--count", "1")
    #expect(try raw.finish() == .ok)
    #expect(raw.output.contains(" type=1 flags=0x04 instance=0 "))
    #expect(raw.output.hasSuffix("  000000  00                                               |.|\n"))
  }

  @Test("takes names with a star, and frames of one sender only")
  func patterns() throws {
    let manager = try TestManager()
    let bus = try client(manager, "one")
    let other = try client(manager, "other", instance: 2)
    for bus in [bus, other] {
      try send(Gas(gasValue: 1, gasId: .co), bus)
      try send(ButtonState(pressed: true), bus)
    }
    let run = try ToolRun.start(manager, "listen", "g*s", "--sender", "other/2", "--count", "2")
    let code = try run.finish {
      for bus in [bus, other] {
        try send(ButtonState(pressed: true), bus)
        try send(Gas(gasValue: 1, gasId: .co), bus)
      }
    }
    #expect(code == .ok && run.output.split(separator: "\n").allSatisfy { $0.contains("other/2 GAS (instance 2)") })
    for pattern in ["x*", "g*x", "*utton", "b*n*z*"] {
      let none = try ToolRun.run(manager, "listen", pattern)
      #expect(none.code == .failure && none.errors.contains("a frame like '\(pattern)'"))
    }
    for pattern in ["*", "BUTTON_*", "*_state", "b*t*n*", "BUTTON_STATE*"] {
      #expect(try ToolRun.run(manager, "hz", pattern, "--json", "--count", "1").code == .timeout)
    }
  }

  @Test("receives only the frames and the instance that were asked for")
  func filter() throws {
    let manager = try TestManager()
    let bus = try client(manager, "button")
    let run = try ToolRun.start(manager, "listen", "GAS", "--instance", "3", "--count", "2")
    let code = try run.finish {
      try send(ButtonState(pressed: true), bus)
      try send(Gas(gasValue: 1, gasId: .co), bus)
      try send(Gas(gasValue: 2, gasId: .lpg), bus, instance: 3)
    }
    #expect(code == .ok)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix("GAS (instance 3) gas_value=2 ppm gas_id=LPG") })
  }

  @Test("ends with exit code 3 when nothing comes, and quietly when nobody reads")
  func ends() throws {
    let manager = try TestManager()
    let silent = try ToolRun.run(manager, "listen", "--timeout", "0.05")
    #expect(silent.code == .timeout && silent.errors == "framebus: nothing came within 50 ms\n")
    let button = try client(manager, "button")
    let run = try listening(manager, button)
    run.stopReading()
    #expect(try run.finish(meanwhile: { try send(ButtonState(pressed: true), button) }) == .ok)
    #expect(run.errors == "")
  }

  @Test("ends by Ctrl-C also while frames come without a pause")
  func endsInTheFlood() throws {
    let manager = try TestManager()
    let run = try ToolRun.start(manager, "listen")
    let configuration = manager.configuration("flood")
    let sender = try BusSystem.Thread {
      do throws(BusError) {
        let bus = try Bus(configuration)
        try bus.connect(timeout: .seconds(60))
        while run.code == nil { try bus.send(ButtonState(pressed: true)) }
        bus.stop()
      } catch {
        Issue.record("\(error)")
      }
    }
    try run.wait(for: "the flood", until: { $0.output.utf8.count > 100_000 })
    run.interrupt()
    #expect(try run.finish() == .ok)
    sender.join()
  }

  @Test("says when the manager goes away, and goes on when it is back")
  func reconnects() throws {
    let first = try TestManager()
    let button = try client(first, "button")
    let run = try listening(first, button)
    first.stop()
    try run.wait(for: "the news", until: { $0.errors.contains("; waiting for the manager\n") })
    let second = try TestManager(at: first.address)
    defer { second.stop() }
    try run.wait(for: "the good news", until: { $0.errors.contains("connected again") })
    let other = try client(second, "other")
    try run.wait(
      for: "a new frame", until: { $0.output.contains("other TRIGGER") }, meanwhile: { try send(Trigger(), other) })
    run.interrupt()
    #expect(try run.finish() == .ok)
  }
}
