import BusTesting
import Frames
import GoldenFrames
import Testing

@testable import framebus

@Suite("Looking at a bus", .timeLimit(.minutes(1)))
struct LookingTests {
  @Test("schema shows fields that this build knows nothing of")
  func schema() throws {
    let manager = try TestManager()
    let bus = try client(manager, "golden", listensFor: [.nested, .ranges])
    let run = try ToolRun.run(manager, "schema", "nested")
    #expect(run.code == .ok)
    for part in [
      "NESTED  id 4099  fingerprint 0x", "  sent by nobody; received by golden\n",
      "  share           struct       Of the first pump.", "    pump          uint8 ",
      "0 to 7; Which pump.", "LOWEST=-32768 NONE=0 HIGHEST=32767; How high.",
    ] {
      #expect(run.output.contains(part), "\(part) in \(run.output)")
    }
    let json = try ToolRun.run(manager, "schema", "4100", "--json").output
    #expect(json.contains(#"{"name":"angle","type":"int16","unit":"deg","scale":0.5,"min":-90,"max":90}"#))
    #expect(json.contains(#""listeners":["golden"]"#))
    #expect(try ToolRun.run(manager, "schema").output.contains("\n\nRANGES  id 4100"))
    let all = try ToolRun.run(manager, "schema", "--all", "--json").output.split(separator: "\n")
    #expect(all.contains { $0.contains("\"BUTTON_STATE\"") } && all.contains { $0.contains("\"RANGES\"") })
    bus.stop()
  }

  @Test("schema and list show how a frame is sent and kept, and what comes of it")
  func properties() throws {
    let manager = try TestManager()
    let bus = try client(manager, "dispenser")
    let job = JobFrames(outcome: 5002, accepted: 5001, cancel: 5004, progress: [71, 72])
    bus.declare(
      id: 5000, name: "GIVE", fields: "request uint32 - 1",
      properties: FrameProperties(priority: .high, retain: 64, job: job), sends: false, listens: true)
    bus.declare(id: 5002, name: "GIVEN", fields: "request uint32 - 1", sends: true, listens: false)
    try bus.barrier()
    let text =
      "priority high; the last 64 values are kept; job: accepted 5001, progress CANDY_TAKEN CANDY_NOT_TAKEN,"
      + " outcome GIVEN, cancel 5004\n"
    #expect(try ToolRun.run(manager, "schema", "give").output.contains("  \(text)"))
    #expect(try ToolRun.run(manager, "list", "GIVE", "--no-rates").output.hasSuffix("\nGIVE: \(text)"))
    let json = try ToolRun.run(manager, "schema", "GIVE", "--json").output
    #expect(json.contains(#""priority":"high","retain":64,"job":{"accepted":["5001"],"progress":["CANDY_TAKEN","#))
    let kept = try ToolRun.run(manager, "schema", "TEMPERATURE", "--json").output
    #expect(kept.contains(#""priority":"normal","retain":1,"job":null"#))
  }

  @Test("an unknown frame is an error with advice")
  func unknown() throws {
    let run = try ToolRun.run(try TestManager(), "schema", "TEMPERATUR")
    #expect(run.code == .failure)
    #expect(run.errors.contains("'TEMPERATUR'; did you mean 'TEMPERATURE'?"))
  }
}
