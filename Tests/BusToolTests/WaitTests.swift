import BusSystem
import BusTesting
import Frames
import GoldenFrames
import TestSupport
import Testing

@testable import framebus

@Suite("The tool waits if it is asked to", .timeLimit(.minutes(1)))
struct WaitTests {
  /// The address of a manager that is not there any more.
  private func address() throws -> BusAddress {
    let manager = try TestManager()
    defer { manager.stop() }
    return manager.address
  }

  private func start(_ address: BusAddress, _ arguments: String..., input: OSPipe? = nil) throws -> ToolRun {
    let run = try ToolRun(input: input?.readEnd ?? .standardInput)
    let all = ["--bus", "\(address)"] + arguments
    try BusSystem.Thread { run.perform(all) }.detach()
    return run
  }

  @Test("for a manager, and for the first module that declares a frame")
  func listen() throws {
    let address = try address()
    let run = try start(address, "listen", "TRIGGER", "--wait", "--count", "1")
    try run.wait(for: "the first notice", until: { $0.errors.contains("; waiting for it\n") })
    let manager = try TestManager(at: address)
    try run.wait(for: "the second notice", until: { $0.errors.contains("'TRIGGER'") })
    let golden = try client(manager, "golden")
    let code = try run.finish {
      try golden.send(Trigger())
      golden.flush()
    }
    #expect(code == .ok && run.output.contains("golden TRIGGER"))
    #expect(run.errors.split(separator: "\n").count == 2)
  }

  @Test("for a listener of what it sends, and of what it requests")
  func sendAndRequest() throws {
    let manager = try TestManager()
    let send = try ToolRun.start(manager, "send", "BUTTON_STATE", "pressed=on", "--wait")
    try send.wait(for: "a notice", until: { $0.errors.contains("nobody listens for BUTTON_STATE") })
    let button = try client(manager, "button", listensFor: [.buttonState])
    #expect(try send.finish() == .ok && button.waitForData(timeout: .seconds(60)))
    #expect(try button.getData().decode(ButtonState.self) == ButtonState(pressed: true))
    button.listen(for: [])
    try button.barrier()
    let request = try ToolRun.start(manager, "request", "BUTTON_STATE", "--wait", "--timeout", "20")
    try request.wait(for: "a notice", until: { $0.errors.contains("nobody listens for requests of BUTTON_STATE") })
    button.listen(for: .buttonState)
    let code = try request.finish {
      guard button.waitForData(timeout: .milliseconds(1)), try button.getData().isRequest else { return }
      try button.send(ButtonState(pressed: false))
      button.flush()
    }
    #expect(code == .ok && request.output.hasSuffix(" button BUTTON_STATE pressed=false\n"))
  }

  @Test("until Ctrl-C, and not without --wait")
  func interrupted() throws {
    let run = try start(address(), "list", "--wait")
    try run.wait(for: "the notice", until: { $0.errors.contains("; waiting for it\n") })
    run.interrupt()
    #expect(try run.finish() == .failure && run.errors.contains("interrupted before a manager was there"))
    #expect(try start(address(), "list").finish() == .failure)
    let unknown = try ToolRun.run(try TestManager(), "listen", "TRIGGER")
    #expect(unknown.code == .failure && unknown.errors.contains("has declared a frame 'TRIGGER'"))
  }

  @Test("a pipe waits as modules do: for a manager, with its lines, and for what it listens for")
  func pipe() throws {
    let address = try address()
    let input = OSPipe()
    let run = try start(address, "pipe", "TRIGGER", "--name", "script", input: input)
    // It is kept for those who listen later.
    input.write(
      #"{"frame":"TEMPERATURE","fields":{"id":7,"ambient_temperature":0,"object_temperature":0}}"# + "\n")
    try run.wait(for: "the notice", until: { $0.errors.contains("; waiting for it\n") })
    let manager = try TestManager(at: address)
    try run.wait(for: "the connection", until: { $0.errors.contains("framebus: connected\n") })
    let golden = try client(manager, "golden", listensFor: [.temperature])
    let send = {
      try golden.send(Trigger())
      golden.flush()
    }
    try run.wait(for: "a frame", until: { $0.output.contains(#""frame":"TRIGGER""#) }, meanwhile: send)
    #expect(golden.waitForData(timeout: .seconds(60)))
    #expect(try golden.getData().decode(Temperature.self)?.id == 7)
    input.closeWriteEnd()
    #expect(try run.finish() == .ok)
  }

  @Test("a pipe leaves when its script has ended and left nothing to send")
  func orphan() throws {
    let input = OSPipe()
    let run = try start(address(), "pipe", "GAS", input: input)
    try run.wait(for: "the notice", until: { $0.errors.contains("; waiting for it\n") })
    input.closeWriteEnd()
    #expect(try run.finish() == .ok)
  }
}
