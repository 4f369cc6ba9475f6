import BusSystem
import BusTesting
import Frames
import Glibc
import TestSupport
import Testing

@testable import framebus

@Suite("framebus list", .timeLimit(.minutes(1)))
struct ListTests {
  @Test("shows modules and frames, with who sends, who hears, and how much")
  func list() throws {
    let manager = try TestManager()
    let sensor = try client(manager, "sensor", instance: 2)
    let display = try client(manager, "display", listensFor: [.temperature])
    for _ in 0..<3 { try sensor.send(Temperature(id: 1, ambientTemperature: 0.02, objectTemperature: 0.03)) }
    try sensor.send(payload: [1], of: FrameType(id: 999))
    try sensor.barrier()
    try display.barrier()
    let text = try ToolRun.run(manager, "list", "--window", "0.01")
    #expect(text.code == .ok && text.errors == "")
    let lines = text.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines[0] == "ID MODULE PID USER STATE IN/s OUT/s WAITING MOST HELD LOST")
    #expect(lines.contains { $0.contains("sensor/2") && $0.contains("connected 0 0 0 B") })
    #expect(lines.contains("27 TEMPERATURE 0 sensor/2 display"))
    #expect(lines.contains("999 - 0 (not declared) (not declared)"))
    let json = try ToolRun.run(manager, "list", "--json", "--no-rates").output
    #expect(json.contains(#""name":"sensor","instance":2,"#) && json.contains(#""state":"connected","observer":false"#))
    #expect(json.contains(#""frames_in":4,"bytes_in":121,"frames_out":0,"#))
    #expect(
      json.hasSuffix(
        #""frames":[{"id":27,"name":"TEMPERATURE","frames":3,"bytes":96,"frames_per_second":null,"#
          + #""bytes_per_second":null,"senders":["sensor/2"],"listeners":["display"],"disagreements":[],"#
          + #""names":[{"name":"TEMPERATURE","modules":["display","sensor/2"]}]},"#
          + #"{"id":999,"name":null,"frames":1,"bytes":25,"frames_per_second":null,"bytes_per_second":null}]}"# + "\n"))
  }

  @Test("shows the process and the user of a module as the kernel knows them, and that it knows none over TCP")
  func users() throws {
    let folder = try TemporaryFolder()
    let uid = getuid()
    let user = BusSystem.Process.userName(of: uid)
    for address: BusAddress in [.unix(path: folder.path("bus.sock")), .tcp(host: "127.0.0.1", port: 0)] {
      let manager = try TestManager(at: address)
      let sensor = try client(manager, "sensor")
      let isKnown = address == manager.address
      let text = try ToolRun.run(manager, "list", "--no-rates").output
      let words = text.split(separator: "\n").map { $0.split(separator: " ") }.first { $0.contains("sensor") } ?? []
      #expect(words.dropFirst(2).prefix(2) == ["\(getpid())", isKnown ? "\(user ?? "\(uid)")"[...] : "-"], "\(text)")
      let json = try ToolRun.run(manager, "list", "--no-rates", "--json").output
      let known =
        isKnown ? #""uid":\#(uid),"user":\#(user.map { #""\#($0)""# } ?? "null"),"# : #""uid":null,"user":null,"#
      #expect(json.contains(#""pid":\#(getpid()),\#(known)"state":"connected""#), "\(json)")
      sensor.stop()
    }
  }

  @Test("measures rates while frames flow")
  func rates() throws {
    let manager = try TestManager()
    let sensor = try client(manager, "sensor")
    let run = try ToolRun.start(manager, "list", "--json")
    let code = try run.finish {
      try sensor.send(Gas(gasValue: 1, gasId: .co))
      sensor.flush()
    }
    #expect(code == .ok && !run.output.contains(#""frames_in_per_second":0.000"#))
  }

  @Test("explains in which way modules disagree about a frame")
  func disagreement() throws {
    let manager = try TestManager()
    let sensor = try client(manager, "sensor")
    sensor.declare(id: 28, name: "GAS", fields: "gas_value int32 ppm 1", sends: true, listens: false)
    try sensor.barrier()
    let display = try client(manager, "display", listensFor: [.gas])
    let run = try ToolRun.run(manager, "list", "--no-rates")
    #expect(run.output.contains("! GAS ") && run.output.contains("! GAS: display (here) and sensor disagree: "))
    #expect(run.output.contains(" in sensor\n"))
    let json = try ToolRun.run(manager, "list", "--no-rates", "--json").output
    #expect(json.contains(#""disagreements":[{"listeners":["display"],"senders":["sensor"],"difference":"gas_value"#))
    display.stop()
  }

  @Test("fits the terminal, and leaves every name whole elsewhere")
  func width() throws {
    let manager = try TestManager()
    let names = ["a-display-with-a-very-long-name", "display-of-the-kitchen", "display-of-the-cellar", "logger"]
    let displays = try names.map { try client(manager, $0, listensFor: [.temperature, .activityLedState]) }
    func lines(_ width: Int?, _ options: String...) throws -> [String] {
      let run = try ToolRun(width: width)
      run.perform(["--bus", "\(manager.address)", "list", "--no-rates"] + options)
      #expect(run.code == .ok && run.errors == "")
      return run.output.split(separator: "\n").map(String.init)
    }
    for width in [60, 80, 100, 120] {
      let lines = try lines(width)
      #expect(lines.allSatisfy { $0.count <= width } && lines.contains { $0.contains(" more") }, "\(lines)")
    }
    let narrow = try lines(60)[0].split(separator: " ")
    #expect(narrow.starts(with: ["ID", "MODULE"]) && narrow.last == "LOST" && !narrow.contains("HELD"))
    let all = names.sorted().joined(separator: ", ")
    for whole in [try lines(nil), try lines(60, "--all"), try lines(60, "temperature"), try lines(60, "logger")] {
      #expect(whole.contains { $0.hasSuffix(all) })
    }
    let one = try lines(80, "logger")
    #expect(one.count { $0.contains("connected") } == 1 && one.contains { $0.contains("ACTIVITY_LED_STATE") })
    let frame = try lines(80, "TEMPERATURE")
    #expect(frame.count { $0.contains("connected") } == 4 && !frame.contains { $0.contains("ACTIVITY_LED_STATE") })
    withExtendedLifetime(displays) {}
  }

  @Test("marks an id that modules use for different frames, also while nobody listens")
  func clash() throws {
    let manager = try TestManager()
    let sensor = try client(manager, "sensor")
    try sensor.send(Gas(gasValue: 1, gasId: .co))
    try sensor.barrier()
    let other = try client(manager, "other")
    other.declare(id: FrameType.gas.id, name: "FLOW", fields: "flow uint8 - 1", sends: true, listens: false)
    try other.barrier()
    let run = try ToolRun.run(manager, "list", "--no-rates")
    #expect(run.output.contains("28  ! FLOW "))
    #expect(
      run.output.hasSuffix(
        "! 28 is the id of several frames: FLOW in other, GAS in sensor; each needs an id of its own\n"))
    for operand in ["GAS", "FLOW", "sensor"] {
      let doctor = try ToolRun.run(manager, "doctor", operand, "--window", "0.05")
      #expect(doctor.code == .failure)
      #expect(doctor.output.contains("problem  id 28 stands for several frames: FLOW in other, GAS in sensor\n"))
      #expect(!doctor.output.contains("disagree"))
    }
    #expect(try ToolRun.run(manager, "doctor", "--window", "0.05").code == .failure)
  }

  @Test("shows a slow module with what it lost")
  func slow() throws {
    let manager = try TestManager()
    let display = try client(manager, "a-display-with-a-very-long-name", listensFor: [.external])
    let sender = try client(manager, "sender")
    // The display reads nothing from now on.
    let big = [UInt8](repeating: 0, count: 100_000)
    var (text, json) = ("", "")
    let deadline = Clock.monotonic + 60_000_000_000
    // Later it is hung as well.
    while !text.contains(" slow ") || !json.contains(#""state":"slow""#), Clock.monotonic < deadline {
      for _ in 0..<10 { try sender.send(payload: big, of: FrameType(id: FrameType.external.id)) }
      try sender.barrier(timeout: .seconds(60))
      text = try ToolRun.run(manager, "list", "--no-rates").output
      json = try ToolRun.run(manager, "list", "--no-rates", "--json").output
    }
    #expect(text.contains("a-display-with-a-very-long-name ") && text.contains(" slow "))
    #expect(json.contains(#""state":"slow""#) && json.contains(#""held_milliseconds":1"#))
    display.stop()
  }

  @Test("says when nobody is there")
  func emptyBus() throws {
    let run = try ToolRun.run(try TestManager(), "list")
    #expect(run.code == .ok && run.output == "No module is connected.\n\nNo frame is declared.\n")
  }
}
