import BusWire
import Frames
import Glibc
import Testing

@testable import ProgramSupport

@Suite("The example modules on a real bus", .serialized, .ownThread)
struct ModuleTests {
  let manager: Manager

  init() throws { manager = try Manager() }

  @Test("button, controller and LED work together")
  func together() throws {
    let led = try manager.module("led-module")
    let controller = try manager.module("controller-module")
    let button = try manager.module("button-module")
    #expect(led.output.wait { $0.contains("The LED is ON") && $0.contains("The LED is OFF") })
    for module in [led, controller, button] {
      module.signal(SIGTERM)
      #expect(try module.exitCode() == 0)
    }
    for name in ["led", "controller", "button"] {
      try manager.program.waitForLog("event=left", "module=\(name)", "reason=stopped")
    }
  }

  @Test("a payload that does not fit its schema is named once by its receiver, which goes on")
  func badPayload() throws {
    let led = try manager.module("led-module")
    let sender = try RawClient(manager.tcp, "sender")
    let type = ActivityLedState.frameType.id
    try sender.waitForListener(of: type)
    for payload: [UInt8] in [[], [2], [2], [1], [0]] { try sender.send(WireFrame(type, payload)) }
    #expect(led.output.wait { $0 == ["The LED is ON", "The LED is OFF"] }, "\(led.errors.all)")
    let text = "ACTIVITY_LED_STATE from module \(sender.id) does not fit its schema: field 'state'"
    try led.waitForLog("event=process", text, "needs 1 bytes, the payload has 0 left")
    try led.waitForLog("event=process", text, "is a bool and holds 2 instead of 0 or 1")
    #expect(led.logCount("event=process") == 2)
    try sender.barrier()
  }

  @Test("a second module of the same name is told who has it; another instance is welcome")
  func nameTaken() throws {
    let first = try manager.module("led-module")
    try manager.program.waitForLog("event=joined", "module=led", "pid=\(first.pid)")
    let second = try manager.module("led-module")
    #expect(try second.exitCode() == 1)
    #expect(
      second.errors.all
        == "led-module: the name led is taken by process \(first.pid); "
        + "end that one or give this one another --name or --instance\n")
    let other = try manager.module("led-module", ["--instance", "2"])
    try manager.program.waitForLog("event=joined", "module=led/2", "pid=\(other.pid)")
    let named = try manager.module("led-module", ["--name", "lamp"])
    try manager.program.waitForLog("event=joined", "module=lamp", "pid=\(named.pid)")
    #expect(first.isRunning && other.isRunning && named.isRunning)
  }

  @Test("a module that is killed is announced as lost, and its name is free again")
  func killed() throws {
    let watcher = try RawClient(manager.tcp, "watcher", listen: [.moduleStatus])
    let led = try manager.module("led-module")
    let joined = try watcher.expect(ModuleStatus.self)
    #expect(joined.state == .joined && joined.name == "led" && joined.pid == UInt32(led.pid))
    try RawClient(manager.tcp, "probe", observer: true).waitForListener(of: ActivityLedState.frameType.id)
    #expect(try watcher.expect(ModuleStatus.self).name == "probe")
    #expect(try watcher.expect(ModuleStatus.self).name == "probe")
    try led.killAndWait()
    let lost = try watcher.expect(ModuleStatus.self)
    #expect(lost.state == .lost && lost.module == joined.module)
    #expect(lost.reason.hasPrefix("the connection ended without a GOODBYE"))
    let next = try manager.module("led-module")
    #expect(try watcher.expect(ModuleStatus.self).pid == UInt32(next.pid))
    next.signal(SIGTERM)
    let left = try watcher.expect(ModuleStatus.self)
    #expect(left.state == .left && left.reason == "stopped")
  }

  @Test("half a frame of a sender that died reaches nobody", arguments: [1, 23, 24, 60, 40_000])
  func halfAFrame(_ count: Int) throws {
    let receiver = try RawClient(manager.tcp, "receiver", listen: [.type(5), .moduleStatus])
    for address in [manager.tcp, manager.unix] {
      let sender = try RawClient(address, "sender")
      #expect(try receiver.expect(ModuleStatus.self).state == .joined)
      let whole = WireFrame(5, [UInt8](repeating: 1, count: 50_000))
      try sender.send(whole.bytes + whole.bytes.prefix(count))
      sender.close()
      let arrived = try [receiver.next(), receiver.next()]
      #expect(arrived.contains { $0.payload == whole.payload })
      #expect(arrived.contains { $0.header.type == ModuleStatus.frameType.id })
      try receiver.expectNothing()
    }
  }

  @Test("who listens late learns who is there already")
  func introduction() throws {
    let led = try manager.module("led-module", ["--instance", "7"])
    try manager.program.waitForLog("event=joined", "module=led/7")
    let watcher = try RawClient(manager.tcp, "watcher")
    try watcher.send(Listen(entries: [.moduleStatus]))
    let status = try watcher.expect(ModuleStatus.self)
    #expect(status.state == .joined && status.name == "led" && status.instance == 7 && status.pid == UInt32(led.pid))
    try watcher.send(Listen(entries: [.moduleStatus, .type(5)]))
    try watcher.send(Ping(token: 5))
    #expect(try watcher.expect(Pong.self).token == 5, "it knows them already")
  }

  @Test("the schemas that modules declared can be asked for")
  func schemas() throws {
    let led = try manager.module("led-module")
    let tool = try RawClient(manager.tcp, "tool", observer: true)
    try tool.waitForListener(of: ActivityLedState.frameType.id)
    try tool.send(WireFrame(Schema.frameType.id, flags: FrameFlags.request.with(.high)))
    let schema = try tool.expect(Schema.self)
    let type = ActivityLedState.frameType
    #expect(schema.type == type.id && schema.name == "\(type.name)" && schema.fields == "\(type.fields)")
    #expect(schema.users.map(\.listens) == [true] && schema.users.map(\.sends) == [false])
    #expect(led.isRunning)
  }
}
