import BlenderProtocol
import BusSystem
import Frames
import Glibc
import TestSupport
import Testing

@testable import ProgramSupport

/// The programs around the pumps' lines: the module with its guard, and `--pumps-off`.
@Suite("The pumps of a blender", .ownThread)
struct PumpProgramTests {
  @Test("go off at their own time, also when the manager dies meanwhile, and say how long they ran")
  func ownTime() throws {
    let bench = try PumpBench()
    // 213 s/L: 0.3 s and 1.2 s.
    let shares = [BlenderShare(pump: 1, ratio: 0.14), BlenderShare(pump: 2, ratio: 0.56)]
    try bench.person.send(BlenderOrder(request: 1, cup: 0.01, shares: shares))
    try bench.waitForLines("01100000")
    try bench.manager.program.killAndWait()
    try bench.waitForLines("00000000")
    let times = try bench.onTimes()
    #expect(abs(times[1]! - 0.3) < 0.05 && abs(times[2]! - 1.2) < 0.05, "\(times)")
    try Deadline.wait(for: "what the module shows: \(bench.module.output.all)") {
      bench.module.output.all.contains("pump=1 on\n") && bench.module.output.all.contains("pump=2 off after 1.2 s\n")
    }
  }

  @Test("go off when a person stops them")
  func stop() throws {
    let bench = try PumpBench()
    try bench.run(.all)
    try bench.person.send(BlenderCancel(request: 0))
    try bench.waitForLines("00000000")
    #expect(try bench.person.expect(BlenderOutcome.self).outcome == .cancelled)
  }

  @Test("are reported as taken by another blender, and had when that ends")
  func taken() throws {
    let first = try PumpBench()
    let second = try first.manager.module(
      "blender", ["--sim", "--sim-lines", first.linesPath, "--no-websocket", "--name", "second"])
    try second.waitForLog("event=no_pumps", "take the simulated lines", "has them; end it or choose another file")
    try first.run(.all)
    first.module.signal(SIGTERM)
    #expect(try first.module.exitCode() == 0)
    try second.waitForLog("event=pumps_ready")
    #expect(second.logCount("event=no_pumps") == 1)
    #expect(first.lines == "00000000")
  }

  @Test("are switched off by '--pumps-off' when nobody is left to do it, but not taken from a guard")
  func pumpsOff() throws {
    let bench = try PumpBench()
    try bench.run(.all)
    let refused = try RunningProgram("blender", ["--pumps-off", "--sim", "--sim-lines", bench.linesPath])
    #expect(try refused.exitCode() == 1)
    #expect(refused.errors.all.contains("process \(try bench.guardID()) has them"))
    let guardID = try bench.guardID()
    bench.module.signal(SIGSTOP)
    kill(guardID, SIGKILL)
    try bench.module.killAndWait()
    #expect(bench.lines == "11111111")
    let off = try RunningProgram("blender", ["--pumps-off", "--sim", "--sim-lines", bench.linesPath])
    #expect(try off.exitCode() == 0)
    #expect(bench.lines == "00000000")
  }

  @Test("that are nowhere are asked for", arguments: [["--pumps-off"], ["--pumps-off", "--sim"], ["--guard"]])
  func nowhere(arguments: [String]) throws {
    let program = try RunningProgram("blender", arguments)
    #expect(try program.exitCode() == 2)
    #expect(program.errors.all.contains("say which"))
  }
}

/// A blender with a file for its lines, on a bus of its own.
final class PumpBench {
  let folder: TemporaryFolder
  let manager: Manager
  let module: RunningProgram
  let person: Person

  init() throws {
    folder = try TemporaryFolder()
    manager = try Manager()
    module = try manager.module("blender", ["--sim", "--sim-lines", folder.path("lines"), "--no-websocket"])
    person = try Person(manager.tcp, [.blenderStatus, .blenderOutcome])
    try person.expect(BlenderStatus.self, module.errors.all) { $0.ready }
  }

  var linesPath: String { folder.path("lines") }

  /// A digit for each pump.
  var lines: String { (try? folder.text(of: "lines")) ?? "" }

  func waitForLines(_ wanted: String) throws {
    try Deadline.wait(for: "the lines \(wanted); they are \(lines)") { lines == wanted }
  }

  /// The process that holds the lines.
  func guardID() throws -> Int32 {
    let children = try String(contentsOfFile: "/proc/\(module.pid)/task/\(module.pid)/children", encoding: .utf8)
    return try #require(children.split(separator: " ").first.flatMap { Int32($0) })
  }

  /// Switches some pumps on, until long after the test.
  func run(_ pumps: PumpSet) throws {
    let shares = pumps.pumps.map { BlenderShare(pump: $0.rawValue, ratio: 0.125) }
    try person.send(BlenderOrder(request: .random(in: 1 ... .max), cup: 1, shares: shares))
    try waitForLines(Pump.allCases.map { pumps.contains($0) ? "1" : "0" }.joined())
  }

  /// How long it takes until all lines are off, in nanoseconds.
  func timeUntilOff() throws -> Int {
    let begin = Clock.monotonic
    try waitForLines("00000000")
    return Int(Clock.monotonic - begin)
  }

  /// How long each pump was on the last time, in seconds, as the log of the lines says.
  func onTimes() throws -> [Int: Double] {
    var begins: [Int: Double] = [:]
    var times: [Int: Double] = [:]
    for line in try folder.text(of: "lines.log").split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, let time = Double(words[0]), let pump = Int(words[1].dropFirst("line=".count)) else {
        continue
      }
      if words[2] == "on" { begins[pump] = time } else { times[pump] = begins[pump].map { time - $0 } }
    }
    return times
  }
}
