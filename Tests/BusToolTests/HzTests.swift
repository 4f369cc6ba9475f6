import BusTesting
import Frames
import Testing

@testable import framebus

@Suite("framebus hz", .timeLimit(.minutes(1)))
struct HzTests {
  @Test("measures each frame and sender, and ends after as many tables as asked for")
  func measures() throws {
    let manager = try TestManager()
    let sensor = try client(manager, "sensor")
    let asker = try client(manager, "asker")
    let run = try ToolRun.start(manager, "hz", "--count", "1")
    let code = try run.finish {
      try sensor.send(Gas(gasValue: 1, gasId: .co))
      try sensor.send(Gas(gasValue: 1, gasId: .co), instance: 3)
      try asker.request(.gas)
      sensor.flush()
      asker.flush()
    }
    #expect(code == .ok && run.errors == "")
    let lines = run.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines[0].joined(separator: " ") == "FRAME SENDER RATE/s JITTER MIN MAX BANDWIDTH LOST")
    let measured = lines.dropFirst().map { $0.prefix(2).joined(separator: " ") }
    #expect(measured == ["GAS sensor", "GAS? asker", "GAS/3 sensor"])
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test("writes JSON, and says by its exit code that nothing came")
  func json() throws {
    let manager = try TestManager()
    let run = try ToolRun.run(manager, "hz", "GAS", "--json", "--count", "1")
    #expect(run.code == .timeout && run.errors == "framebus: nothing came\n")
    #expect(run.output.hasPrefix(#"{"timestamp":"#))
    #expect(run.output.hasSuffix(#""window_seconds":5,"lost":0,"unmeasured":0,"frames":[]}"# + "\n"))
  }
}
