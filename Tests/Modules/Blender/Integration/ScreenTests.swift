import Frames
import Glibc
import JSONValue
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("Orders from screens and from the bus", .ownThread)
struct ScreenTests {
  private static let small = #"{"type":"blend","data":{"cup_size":0.002,"ratios":{"0":0.2,"3":0.8}}}"#
  private static let long = #"{"type":"blend","data":{"cup_size":0.25,"ratios":{"0":0.2,"3":0.8}}}"#

  private let manager: Manager
  private let module: RunningProgram
  private let port: UInt16
  private let folder: TemporaryFolder

  init() throws {
    manager = try Manager()
    folder = try TemporaryFolder()
    module = try manager.module(
      "blender", ["--sim", "--websocket", "127.0.0.1:0", "--state", folder.path("state")])
    try module.waitForLog("event=screens")
    try module.waitForLog("event=pumps_ready")
    port = try Self.port(of: module)
  }

  private static func port(of module: RunningProgram) throws -> UInt16 {
    let line = module.errors.lines.first { $0.contains("event=screens") } ?? ""
    let text = line.split(separator: ":").last?.prefix { $0.isNumber }
    return try #require(text.flatMap { UInt16($0) })
  }

  @Test("a screen's drink is shown to all screens until 0 remains, and the bus learns its outcome")
  func blend() throws {
    let person = try Person(manager.tcp, [.blenderOutcome, .blenderProgress])
    let (asker, other) = (try ScreenClient(port: port), try ScreenClient(port: port))
    try asker.say(Self.small)
    for screen in [asker, other] {
      let first = try screen.expect("status")
      #expect(first["Action"]?.string == "Blend" && first["remaining_time"]?.integer == 1)
      try screen.expect("status") { $0["remaining_time"]?.integer == 0 }
      #expect(try screen.expect("outcome")["outcome"]?.string == "DONE")
    }
    let outcome = try person.expect(BlenderOutcome.self)
    #expect(outcome.outcome == .done && outcome.request != 0 && !outcome.mayHavePoured)
    #expect(outcome.runs.map(\.pump) == [0, 3] && outcome.runs.map(\.time) == [0.1, 0.3])
    #expect(try person.leftOver(BlenderProgress.self).allSatisfy { $0.request == outcome.request })
  }

  @Test("one order at a time, whoever asks; the others are refused with what remains, and the rest goes on")
  func busy() throws {
    let person = try Person(manager.tcp, [.blenderOutcome, .blenderStatus])
    let (asker, other) = (try ScreenClient(port: port), try ScreenClient(port: port))
    try asker.say(Self.long)
    try asker.expect("status")
    try other.say(Self.long)
    #expect(try other.expectError().wholeMatch(of: /Already blending ! Retry in 4[23] sec/) != nil)
    try other.say(#"{"type":"refill","data":{"pump":"3"}}"#)
    #expect(try other.expectError().hasPrefix("Already blending ! Retry in "))
    try person.send(BlenderOrder(request: 77, action: .refill, pump: 1))
    let refused = try person.expect(BlenderOutcome.self) { $0.request == 77 }
    #expect(refused.outcome == .refused && refused.text.hasPrefix("Already blending ! Retry in "))
    try other.say(#"{"type": "echo", "data": {"msg": "toaster"}}"#)
    #expect(try other.expect("echo")["msg"]?.string == "toaster")
    try other.say(#"{"type":"get_blend_status"}"#)
    #expect(try other.expect("status")["Action"]?.string == "Blend")
    try other.say(#"{"type":"cancel"}"#)
    #expect(try person.expect(BlenderOutcome.self) { $0.request != 77 }.outcome == .cancelled)
    #expect(try person.expect(BlenderStatus.self) { $0.action == .idle && $0.refused == 3 }.running == [])
  }

  @Test("of two orders in one packet one is carried out")
  func together() throws {
    let screen = try ScreenClient(port: port)
    let person = try Person(manager.tcp, [.blenderOutcome])
    try screen.say(Self.long)
    for _ in 0..<19 { try screen.say(#"{"type":"refill","data":{"pump":3}}"#) }
    for _ in 0..<19 { #expect(try screen.expectError().hasPrefix("Already blending ! Retry in ")) }
    try screen.say(#"{"type":"cancel"}"#)
    try person.expect(BlenderOutcome.self)
    try screen.expect("outcome")
    #expect(try person.leftOver(BlenderOutcome.self).isEmpty)
  }

  @Test("a drink outlives the screen that ordered it")
  func leaves() throws {
    let person = try Person(manager.tcp, [.blenderOutcome])
    do {
      let screen = try ScreenClient(port: port)
      try screen.say(Self.small)
      try screen.expect("status")
    }
    #expect(try person.expect(BlenderOutcome.self).outcome == .done)
  }

  @Test("without a manager screens go on, and the next manager learns the outcome")
  func withoutManager() throws {
    let screen = try ScreenClient(port: port)
    try screen.say(Self.long)
    try screen.expect("status")
    try manager.program.killAndWait()
    try module.waitForLog("event=disconnected")
    try screen.say(#"{"type":"cancel"}"#)
    #expect(try screen.expect("outcome")["outcome"]?.string == "CANCELLED")
    let next = try Manager(tcp: manager.tcp)
    let person = try Person(next.tcp, [.blenderOutcome])
    #expect(try person.expect(BlenderOutcome.self).outcome == .cancelled)
  }

  @Test("bad messages are answered and change nothing: the next drink is as good as ever")
  func badMessages() throws {
    let screen = try ScreenClient(port: port)
    for message in [
      "", "{", "7", #"{"type":"blend"}"#, #"{"type":"blend","data":{"cup_size":NaN,"ratios":{"0":1}}}"#,
      #"{"type":"blend","data":{"cup_size":-1,"ratios":{"0":1}}}"#,
      #"{"type":"blend","data":{"cup_size":0.2,"ratios":{}}}"#,
      #"{"type":"blend","data":{"cup_size":1,"ratios":{"0":1}}}"#, #"{"type":"refill","data":{"pump":9}}"#,
      #"{"type":"blend","data":{"cup_size":0.2,"ratios":{"0":0.2,"9":0.8}}}"#,
      String(repeating: "[", count: 10_000), #"{"type":"calibrate","data":{"pump":0,"seconds":300}}"#,
    ] {
      try screen.say(message)
      #expect(try !screen.expectError().isEmpty)
    }
    try screen.say(Self.small)
    #expect(try screen.expect("outcome")["outcome"]?.string == "DONE")
  }

  @Test("what a screen sets outlives the module, on top of the configuration")
  func setup() throws {
    let screen = try ScreenClient(port: port)
    try screen.say(#"{"type":"set_pump_state","data":{"pump_index":3,"state":false}}"#)
    #expect(try screen.expect("pumps_states").elements?[3]["enabled"]?.boolean == false)
    try screen.say(Self.small)
    #expect(try screen.expectError() == "pump 3 (pump 3) is switched off; switch it on in the setup")
    module.signal(SIGTERM)
    #expect(try module.exitCode() == 0)
    let again = try manager.module(
      "blender", ["--sim", "--websocket", "127.0.0.1:0", "--state", folder.path("state")])
    try again.waitForLog("event=screens")
    let next = try ScreenClient(port: try Self.port(of: again))
    try next.say(#"{"type":"get_pumps_states"}"#)
    #expect(try next.expect("pumps_states").elements?.map { $0["enabled"]?.boolean } == (0..<8).map { $0 != 3 })
  }

  @Test("a configuration that is read again changes names and times, but no limit")
  func reload() throws {
    try folder.write("pumps: { 0: { name: Gin } }\nlimits: { drink: 0.3 }", to: "bar.yaml")
    let bar = try manager.module(
      "blender",
      [
        "--sim", "--sim-lines", folder.path("lines"), "--websocket", "127.0.0.1:0", "--name", "bar", "--config",
        folder.path("bar.yaml"),
      ])
    try bar.waitForLog("event=pumps_ready")
    let screen = try ScreenClient(port: try Self.port(of: bar))
    try folder.write("pumps: { 0: { name: Rum } }\nlimits: { drink: 9, pump_time: 3000 }", to: "bar.yaml")
    try screen.say(#"{"type":"reload_config"}"#)
    let data = try screen.expect("config")
    #expect(data["pumps_states"]?.elements?[0]["name"]?.string == "Rum")
    #expect(data["max_drink"]?.double == 0.3 && data["max_pump_time"]?.double == 120)
    try screen.say(#"{"type":"blend","data":{"cup_size":0.5,"ratios":{"0":0.1}}}"#)
    #expect(try screen.expectError().contains("at most 0.3 L"))
    try folder.write("pumps: { 9: {} }", to: "bar.yaml")
    try screen.say(#"{"type":"reload_config"}"#)
    #expect(try screen.expectError().hasPrefix("the configuration is as before: "))
  }

  @Test("a module that is stopped in mid-drink switches off and says so")
  func stopped() throws {
    let person = try Person(manager.tcp, [.blenderOutcome])
    let screen = try ScreenClient(port: port)
    try screen.say(Self.long)
    try screen.expect("status")
    module.signal(SIGTERM)
    #expect(try screen.expect("status") { $0["remaining_time"]?.integer == 0 }["Action"]?.string == "Blend")
    let outcome = try person.expect(BlenderOutcome.self)
    #expect(outcome.outcome == .failed && outcome.text.hasPrefix("the blender was stopped: pump 0 ran"))
    #expect(try module.exitCode() == 0)
  }

  @Test("a refusal is shown to the screen that asked, and to no other")
  func refusals() throws {
    let (asker, other) = (try ScreenClient(port: port), try ScreenClient(port: port))
    try asker.say(#"{"type":"refill","data":{"pump":9}}"#)
    #expect(try !asker.expectError().isEmpty)
    try other.say(#"{"type":"echo","data":1}"#)
    try Deadline.wait(for: "the echo") { !other.leftOver("echo").isEmpty }
    #expect(other.leftOver("error").isEmpty)
  }

  @Test("on a full disk what a screen sets counts until the end, and drinks are mixed as ever")
  func fullDisk() throws {
    let full = try manager.module(
      "blender", ["--sim", "--sim-lines", folder.path("lines"), "--websocket", "127.0.0.1:0", "--name", "full"],
      shell: "trap '' XFSZ; ulimit -f 1; exec \"$@\"")
    try full.waitForLog("event=pumps_ready")
    let screen = try ScreenClient(port: try Self.port(of: full))
    for pump in 0..<8 {
      try screen.say(#"{"type":"set_pump_refill_time","data":{"pump_index":\#(pump),"refill_time":1.5}}"#)
      try screen.say(#"{"type":"set_pump_speed_ratio","data":{"pump_index":\#(pump),"speed_ratio":1.25}}"#)
    }
    try full.waitForLog("event=no_state", "File too large")
    try screen.say(#"{"type":"get_pumps_states"}"#)
    try screen.expect("pumps_states") { $0.elements?[7]["speed_ratio"]?.double == 1.25 }
    try screen.say(Self.small)
    #expect(try screen.expect("outcome")["outcome"]?.string == "DONE")
  }

  @Test("an address that others can reach has a token, which this machine's own screens need not know")
  func token() throws {
    let open = try manager.module("blender", ["--sim", "--websocket", "0.0.0.0:0", "--name", "open"])
    try open.waitForLog("event=screens", "/?token=")
    _ = try ScreenClient(port: try Self.port(of: open))
  }

  @Test("a page from elsewhere may not order")
  func origin() throws {
    #expect(throws: ScreenClient.Refused.self) {
      _ = try ScreenClient(port: port, head: "Origin: https://evil.example\r\n")
    }
    _ = try ScreenClient(port: port, head: "Origin: http://localhost:4200\r\n")
  }
}
