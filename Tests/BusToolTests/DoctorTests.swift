import BusTesting
import Frames
import Testing

@testable import framebus

@Suite("framebus doctor", .timeLimit(.minutes(1)))
struct DoctorTests {
  private func doctor(_ manager: TestManager, _ operand: String) throws -> ToolRun {
    try ToolRun.run(manager, "doctor", operand, "--window", "0.05")
  }

  @Test("finds nothing wrong where frames arrive")
  func healthy() throws {
    let manager = try TestManager()
    let sensor = try client(manager, "sensor")
    let display = try client(manager, "display", listensFor: [.gas])
    let run = try ToolRun.start(manager, "doctor", "GAS", "--window", "0.5")
    let code = try run.finish {
      try sensor.send(Gas(gasValue: 1, gasId: .co))
      sensor.flush()
      while display.hasData { _ = try display.getData() }
    }
    #expect(code == .ok && run.errors == "")
    let lines = run.output.split(separator: "\n")
    #expect(lines[0] == "ok       sensor can send it" && lines[1] == "ok       display listens for it")
    #expect(lines[2].hasPrefix("ok       ") && lines[2].contains(" passed in "))
    #expect(lines[3].hasPrefix("no problem found (2 modules, 1 frames, watched for "))
    #expect(try ToolRun.run(manager, "doctor", "--window", "0.05").code == .ok)
  }

  @Test("stops at the first broken link, with the next step")
  func links() throws {
    let manager = try TestManager()
    let unknown = try doctor(manager, "gas")
    #expect(unknown.code == .failure && unknown.output.hasPrefix("problem  no connected module has declared GAS\n"))
    let display = try client(manager, "display", listensFor: [.gas])
    let unsent = try doctor(manager, "GAS").output
    #expect(unsent.hasPrefix("problem  display waits for GAS, but nobody sends it\n"))
    #expect(unsent.contains("         Start the sender; 'framebus send GAS FIELD=VALUE' sends one by hand.\n"))
    let sensor = try client(manager, "sensor")
    try sensor.send(Gas(gasValue: 1, gasId: .co))
    try sensor.barrier()
    let silent = try doctor(manager, "GAS")
    #expect(silent.code == .failure && silent.errors == "")
    #expect(silent.output.contains("ok       display listens for it\nproblem  no GAS passed in "))
    let second = try client(manager, "second", listensFor: [.gas])
    #expect(try doctor(manager, "GAS").output.contains("ok       display and second listen for it\n"))
    second.stop()
    display.stop()
    #expect(try doctor(manager, "GAS").output.contains("problem  sensor sends GAS, but no module has declared that"))
    let bus = try ToolRun.run(manager, "doctor", "--window", "0.05")
    #expect(bus.code == .ok && bus.output.contains("\nnote     sensor sends GAS, and nobody listens for it\n"))
  }

  @Test("tells of instances that do not meet")
  func instances() throws {
    let manager = try TestManager()
    let sensor = try client(manager, "sensor", instance: 2)
    let display = try client(manager, "display")
    display.declare(id: FrameType.gas.id, name: "GAS", fields: "\(FrameType.gas.fields)", sends: false, listens: true)
    display.listen(for: [Subscription(FrameType(id: FrameType.gas.id), instance: 0)])
    try display.barrier()
    for operand in ["GAS", "display"] {
      let run = try ToolRun.start(manager, "doctor", operand, "--window", "0.5")
      let code = try run.finish {
        try sensor.send(Gas(gasValue: 1, gasId: .co))
        sensor.flush()
      }
      #expect(code == .failure && run.output.contains(" GAS passed, but display was not sent them\n"))
      #expect(run.output.contains("It listens for another instance than these, which are from instance 2, or for "))
    }
  }

  @Test("tells of a mismatch, for the frame, its module and the whole bus")
  func mismatch() throws {
    let manager = try TestManager()
    let sensor = try client(manager, "sensor")
    sensor.declare(id: FrameType.gas.id, name: "GAS", fields: "gas_value int32 ppm 1", sends: true, listens: false)
    try sensor.barrier()
    let display = try client(manager, "display", listensFor: [.gas])
    for operand in ["GAS", "display", "sensor"] {
      let run = try doctor(manager, operand)
      #expect(run.code == .failure && run.output.contains("display (here) and sensor disagree about GAS: gas_value is"))
    }
    #expect(try ToolRun.run(manager, "doctor", "--window", "0.05").code == .failure)
    display.stop()
  }

  @Test("a device that is not there, in the words of its module")
  func device() throws {
    let manager = try TestManager()
    let bus = try client(manager, "thermo", instance: 1)
    bus.declare(
      id: 5000, name: "THERMO_STATUS", fields: "link uint8 - 1\tenum=LINK CLOSED=0 CONNECTED=3\nreason string - 1",
      sends: true, listens: false)
    bus.declare(id: 5001, name: "LINE_STATUS", fields: "open bool - 1\nreason string - 1", sends: true, listens: false)
    bus.declare(id: 5002, name: "BAR_STATUS", fields: "ready bool - 1\nreason string - 1", sends: true, listens: false)
    func send(_ type: UInt16, _ state: UInt8) throws {
      let reason: [UInt8] = [4, 0, 0, 0] + Array("gone".utf8)
      try bus.send(payload: [state] + reason, of: FrameType(id: type), flags: .retain.with(.normal))
      try bus.barrier()
    }
    try send(5000, 0)
    try send(5001, 0)
    try send(5002, 0)
    for operand in [["thermo"], []] {
      let run = try ToolRun()
      run.perform(["--bus", "\(manager.address)", "doctor", "--window", "0.05"] + operand)
      #expect(run.code == .failure)
      #expect(run.output.contains("problem  thermo/1 says that its device's link is CLOSED: gone\n"))
      #expect(run.output.contains("problem  thermo/1 says that its device's port is not open: gone\n"))
      #expect(run.output.contains("problem  thermo/1 says that its device is not ready: gone\n"))
    }
    try send(5000, 3)
    try send(5001, 1)
    try send(5002, 1)
    let run = try doctor(manager, "thermo")
    #expect(run.code == .ok && !run.output.contains("device"))
  }

  @Test("a module: what it sends and hears, and who is missing")
  func module() throws {
    let manager = try TestManager()
    let sensor = try client(manager, "sensor", listensFor: [.buttonState])
    try sensor.send(Gas(gasValue: 1, gasId: .co))
    try sensor.barrier()
    let display = try client(manager, "display", listensFor: [.gas])
    let run = try doctor(manager, "sensor")
    #expect(run.code == .ok)
    #expect(run.output.contains("ok       sends GAS to display\n"))
    #expect(run.output.contains("note     sensor listens for BUTTON_STATE, and nobody has sent one yet\n"))
    let json = try ToolRun.run(manager, "doctor", "sensor", "--json", "--window", "0.05").output
    #expect(json.contains(#"{"grade":"ok","seen":"sends GAS to display","meaning":"","advice":""}"# + "\n"))
    #expect(json.split(separator: "\n").allSatisfy { $0.hasPrefix("{") })
    let wrong = try doctor(manager, "sensr")
    #expect(wrong.code == .failure && wrong.errors.contains("no module 'sensr' is connected"))
    #expect(wrong.errors.contains("did you mean the module 'sensor'?"))
    display.stop()
  }
}
