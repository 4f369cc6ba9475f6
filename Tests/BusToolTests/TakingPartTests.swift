import BusSystem
import BusTesting
import Frames
import GoldenFrames
import Testing

@testable import framebus

@Suite("Taking part by hand", .timeLimit(.minutes(1)))
struct TakingPartTests {
  @Test("send has arrived at the listeners when it ends")
  func send() throws {
    let manager = try TestManager()
    let display = try client(manager, "display", listensFor: [.temperature])
    let run = try ToolRun.run(
      manager, "send", "temperature", "id=1", "ambient_temperature=21.5", "object_temperature=22", "--priority", "high",
      "--instance", "4")
    #expect(run.code == .ok && run.output == "" && run.errors == "")
    #expect(display.waitForData(timeout: .seconds(60)))
    let frame = try display.getData()
    #expect(
      try frame.decode(Temperature.self) == Temperature(id: 1, ambientTemperature: 21.5, objectTemperature: 22))
    #expect(frame.priority == .high && frame.instance == 4 && frame.header.flags.contains(.retain))
  }

  @Test("send takes the schema that a module declared")
  func sendDeclared() throws {
    let manager = try TestManager()
    let golden = try client(manager, "golden", listensFor: [.defaults])
    let run = try ToolRun.run(manager, "send", "DEFAULTS", "always=7", "numbers=[1,2]", "light=red")
    #expect(run.code == .ok && run.errors == "")
    #expect(golden.waitForData(timeout: .seconds(60)))
    #expect(try golden.getData().decode(Defaults.self) == Defaults(always: 7, light: .red, numbers: [1, 2]))
  }

  @Test("send and pipe keep to the schema's properties, of frames too that this build knows nothing of")
  func properties() throws {
    let manager = try TestManager()
    let display = try client(manager, "display", listensFor: [FrameType(id: 5000)])
    display.declare(
      id: 5000, name: "CONFIG", fields: "rate uint8 - 1", properties: FrameProperties(priority: .high, retain: 4),
      sends: false, listens: true)
    try display.barrier()
    func received() throws -> FrameFlags {
      #expect(display.waitForData(timeout: .seconds(60)))
      return try display.getData().header.flags
    }
    #expect(try ToolRun.run(manager, "send", "CONFIG", "rate=1").code == .ok)
    #expect(try received() == .retain.with(.high))
    #expect(try ToolRun.run(manager, "send", "CONFIG", "rate=1", "--no-retain", "--priority", "low").code == .ok)
    #expect(try received() == FrameFlags().with(.low))
    #expect(try ToolRun.run(manager, "send", "GAS", "gas_value=1", "gas_id=CO", "--retain").code == .ok)
    let input = OSPipe()
    input.write(#"{"frame":"CONFIG","fields":{"rate":1}}"# + "\n")
    input.write(#"{"frame":"CONFIG","fields":{"rate":1},"retain":false,"priority":"normal"}"# + "\n")
    let run = try ToolRun(input: input.readEnd)
    let arguments = ["--bus", "\(manager.address)", "pipe"]
    try BusSystem.Thread { run.perform(arguments) }.detach()
    #expect(try received() == .retain.with(.high))
    #expect(try received() == FrameFlags().with(.normal))
    let schema = try ToolRun.run(manager, "schema", "CONFIG", "--json").output
    #expect(schema.contains(#""priority":"high","retain":4"#))
    input.closeWriteEnd()
    #expect(try run.finish() == .ok && run.errors == "")
    let both = try ToolRun.run(manager, "send", "GAS", "--retain", "--no-retain")
    #expect(both.code == .usage && both.errors.contains("exclude each other"))
  }

  @Test("send warns when nobody listens, and names what is wrong with a value")
  func sendProblems() throws {
    let manager = try TestManager()
    let unheard = try ToolRun.run(manager, "send", "BUTTON_STATE", "pressed=on")
    #expect(unheard.code == .ok)
    #expect(unheard.errors == "framebus: warning: no module has declared that it listens for BUTTON_STATE\n")
    let wrong = try ToolRun.run(manager, "send", "BUTTON_STATE", "pressed=maybe")
    #expect(wrong.code == .failure)
    #expect(wrong.errors == "framebus: BUTTON_STATE: field 'pressed' takes true or false, not 'maybe'\n")
  }

  @Test("send repeats a frame at a rate, this many times, and warns of a number without a name")
  func sendAtRate() throws {
    let manager = try TestManager()
    let display = try client(manager, "display", listensFor: [.gas])
    let run = try ToolRun.run(
      manager, "send", "GAS", "gas_value=1", "gas_id=200", "--rate", "200", "--count", "5")
    #expect(run.code == .ok && run.errors == "framebus: warning: gas_id=200 has no name in GAS_TYPE\n")
    var count = 0
    try display.barrier(timeout: .seconds(10)) {
      while display.hasData, (try? display.getData()) != nil { count += 1 }
    }
    #expect(count == 5)
    for (options, problem) in [
      (["--rate", "0"], "per second"), (["--count", "2"], "goes with '--rate'"),
      (["--rate", "1", "--await"], "exclude"),
    ] {
      let wrong = try ToolRun()
      wrong.perform(["send", "GAS"] + options)
      #expect(wrong.code == .usage && wrong.errors.contains(problem))
    }
    let forever = try ToolRun.start(manager, "send", "GAS", "gas_value=1", "gas_id=CO", "--rate", "100")
    let receive = {
      while display.waitForData(timeout: .milliseconds(1)), (try? display.getData()) != nil { count += 1 }
    }
    try forever.wait(for: "some frames", until: { _ in count > 10 }, meanwhile: receive)
    forever.interrupt()
    #expect(try forever.finish() == .ok && forever.errors == "")
  }

  @Test("send waits for one of several answers, past retained frames and requests")
  func sendAwaiting() throws {
    let manager = try TestManager()
    let arm = try client(manager, "arm", listensFor: [.robotArm])
    try arm.send(EndEffectorType(type: .claw))
    try arm.barrier()
    let run = try ToolRun.start(
      manager, "send", "ROBOT_ARM", "x=1", "y=2", "z=3", "speed=4", "--await", "END_EFFECTOR_TYPE,COMMAND_ID",
      "--timeout", "20")
    let code = try run.finish {
      guard arm.waitForData(timeout: .milliseconds(1)), try arm.getData().decode(RobotArm.self) != nil else { return }
      try arm.request(.commandId)
      try arm.send(CommandId(commandId: 77))
      arm.flush()
    }
    #expect(code == .ok && run.errors == "")
    #expect(run.output.hasSuffix(" arm COMMAND_ID command_id=77\n"))
  }

  @Test("send takes only the answer to its own request, where both have such a field")
  func sendAwaitingItsOwn() throws {
    let manager = try TestManager()
    let dispenser = try client(manager, "dispenser", listensFor: [.candyDispense])
    let run = try ToolRun.start(
      manager, "send", "CANDY_DISPENSE", "request=2", "--await", "CANDY_TAKEN,COMMAND_ID", "--timeout", "20")
    let code = try run.finish {
      guard dispenser.waitForData(timeout: .milliseconds(1)), !(try dispenser.getData().isRequest) else { return }
      for request in UInt32(1)...3 { try dispenser.send(CandyTaken(request: request, number: 1, count: 1)) }
      dispenser.flush()
    }
    #expect(code == .ok && run.errors == "")
    #expect(run.output.hasSuffix(" dispenser CANDY_TAKEN request=2 number=1 count=1\n"))
  }

  @Test("send tells by its exit code that nobody was there, or that no answer came")
  func sendAwaitingInVain() throws {
    let manager = try TestManager()
    func send() throws -> ToolRun {
      try ToolRun.run(manager, "send", "BUTTON_STATE", "pressed=on", "--await", "COMMAND_ID", "--timeout", "0.05")
    }
    let nobody = try send()
    #expect(nobody.code == .nobodyListens && nobody.errors.contains("nobody listens for BUTTON_STATE"))
    let silent = try client(manager, "silent", listensFor: [.buttonState])
    let late = try send()
    #expect(late.code == .timeout && late.errors == "framebus: no COMMAND_ID came within 50 ms\n")
    silent.stop()
    let senseless = try ToolRun.run(manager, "send", "BUTTON_STATE", "--timeout", "1")
    #expect(senseless.code == .usage && senseless.errors.contains("'--timeout' goes with '--await' only"))
  }

  @Test("request shows the answer")
  func request() throws {
    let manager = try TestManager()
    let button = try client(manager, "button", listensFor: [.buttonState])
    let run = try ToolRun.start(manager, "request", "BUTTON_STATE", "--timeout", "20")
    let code = try run.finish {
      guard button.waitForData(timeout: .milliseconds(1)), try button.getData().isRequest else { return }
      try button.send(ButtonState(pressed: true))
      button.flush()
    }
    #expect(code == .ok)
    #expect(run.output.hasSuffix(" button BUTTON_STATE pressed=true\n"))
  }

  @Test("request tells an absent module from a silent one by its exit code")
  func requestProblems() throws {
    let manager = try TestManager()
    let nobody = try ToolRun.run(manager, "request", "BUTTON_STATE")
    #expect(nobody.code == .nobodyListens && nobody.errors.contains("nobody listens for requests of BUTTON_STATE"))
    let silent = try client(manager, "silent", listensFor: [.buttonState])
    let late = try ToolRun.run(manager, "request", "BUTTON_STATE", "--timeout", "0.05")
    #expect(late.code == .timeout && late.errors == "framebus: no BUTTON_STATE came within 50 ms\n")
    silent.stop()
  }
}
