import BusSystem
import BusTesting
import Frames
import TestSupport
import Testing

@testable import framebus

@Suite("Jobs by hand", .timeLimit(.minutes(1)))
struct JobTests {
  /// The id that the tool chose.
  private func id(_ run: ToolRun) throws -> UInt32 {
    let word = try #require(run.errors.split(separator: "framebus: job ").last)
    return try #require(UInt32(word.prefix { $0.isNumber }))
  }

  @Test("a command shows its progress and ends at its outcome; the tool chooses the request and says it")
  func done() throws {
    let manager = try TestManager()
    let worker = try FakeWorker(manager)
    let run = try ToolRun.start(manager, "send", "GIVE", "--await")
    #expect(try run.finish(meanwhile: worker.turn) == .ok)
    let id = try id(run)
    #expect(id != 0 && worker.begun == [id])
    let lines = run.output.split(separator: "\n").map { $0.dropFirst("00:00:00.000 worker ".count) }
    #expect(
      lines == [
        "ACCEPTED request=\(id)", "STEP request=\(id) number=1", "STEP request=\(id) number=2",
        "GIVEN request=\(id) outcome=DONE text=\"ok\"",
      ])
    let notice = "job \(id); 'framebus send GIVE --resume \(id)' waits for it, --cancel \(id) ends it\n"
    #expect(run.errors == "framebus: \(notice)")
  }

  @Test(
    "the exit code says how it ended",
    arguments: [
      (JobOutcome.done, ExitCode.ok), (.failed, .jobFailed), (.refused, .jobRefused), (.cancelled, .jobCancelled),
      (JobOutcome(rawValue: 9), .jobFailed),
    ])
  func outcomes(outcome: JobOutcome, code: ExitCode) throws {
    let manager = try TestManager()
    let worker = try FakeWorker(manager, ending: (outcome, 0))
    let run = try ToolRun.start(manager, "send", "GIVE", "request=7", "count=2", "--await", "--json")
    #expect(try run.finish(meanwhile: worker.turn) == code)
    #expect(worker.begun == [7] && run.output.contains(#""fields":{"request":7,"outcome":"#))
  }

  @Test("it waits for its own outcome only")
  func others() throws {
    let manager = try TestManager()
    let worker = try FakeWorker(manager, ending: nil)
    let run = try ToolRun.start(manager, "send", "GIVE", "request=7", "--await")
    try run.wait(for: "the acceptance", until: { $0.output.contains("ACCEPTED") }, meanwhile: worker.turn)
    try worker.end(8, .failed)
    try worker.end(7, .done)
    #expect(try run.finish(meanwhile: worker.turn) == .ok && !run.output.contains("request=8"))
  }

  @Test("it is sent again when the manager is back, and done once")
  func managerAway() throws {
    let first = try TestManager()
    let worker = try FakeWorker(first, ending: nil)
    worker.isSilent = true
    let run = try ToolRun.start(first, "send", "GIVE", "request=7", "--await")
    try run.wait(for: "the command", until: { _ in worker.askedCount == 1 }, meanwhile: worker.turn)
    first.stop()
    try run.wait(
      for: "the notice", until: { $0.errors.contains("; waiting for the manager\n") }, meanwhile: worker.turn)
    worker.isSilent = false
    worker.ending = (.done, 1)
    let second = try TestManager(at: first.address)
    #expect(try run.finish(meanwhile: worker.turn) == .ok)
    #expect(worker.begun == [7] && run.output.split(separator: "\n").count == 3)
    second.stop()
  }

  @Test("it is sent again when the worker is back, up to the first answer")
  func workerAway() throws {
    let manager = try TestManager()
    let deaf = try FakeWorker(manager)
    deaf.isSilent = true
    let run = try ToolRun.start(manager, "send", "GIVE", "request=7", "--await")
    try run.wait(for: "the command", until: { _ in deaf.askedCount > 0 }, meanwhile: deaf.turn)
    deaf.stop()
    let worker = try FakeWorker(manager, ending: nil)
    try run.wait(for: "the acceptance", until: { $0.output.contains("ACCEPTED") }, meanwhile: worker.turn)
    worker.stop()
    let heir = try FakeWorker(manager, ending: nil)
    for _ in 0..<100 { try heir.turn() }
    try heir.end(7, .failed)
    #expect(try run.finish(meanwhile: heir.turn) == .jobFailed && heir.askedCount == 0)
  }

  @Test("an outcome that came meanwhile is learned with --resume")
  func resume() throws {
    let manager = try TestManager()
    let worker = try FakeWorker(manager, ending: nil)
    try worker.end(7, .done)
    let run = try ToolRun.start(manager, "send", "GIVE", "--resume", "7")
    #expect(try run.finish(meanwhile: worker.turn) == .ok)
    #expect(
      run.output.hasSuffix("worker GIVEN (retained) request=7 outcome=DONE text=\"ok\"\n") && worker.askedCount == 0)
    let late = try ToolRun.run(manager, "send", "GIVE", "--resume", "9", "--timeout", "0.05")
    #expect(late.code == .timeout && late.errors.contains("no outcome of job 9 came within 50 ms; 'framebus send GIVE"))
  }

  @Test("--cancel ends a job, and is done when it has ended")
  func cancel() throws {
    let manager = try TestManager()
    let worker = try FakeWorker(manager, ending: nil)
    let run = try ToolRun.start(manager, "send", "GIVE", "request=7", "--await")
    try run.wait(for: "the acceptance", until: { $0.output.contains("ACCEPTED") }, meanwhile: worker.turn)
    run.interrupt()
    #expect(
      try run.finish() == .failure && run.errors.contains("interrupted; job 7 goes on: 'framebus send GIVE --res"))
    let cancel = try ToolRun.start(manager, "send", "GIVE", "--cancel", "7")
    #expect(try cancel.finish(meanwhile: worker.turn) == .ok && cancel.output.contains("outcome=CANCELLED"))
  }

  @Test(
    "what makes no sense is refused",
    arguments: [
      (
        ["GAS", "gas_value=1", "gas_id=CO", "--await"], ExitCode.usage,
        "GAS is no job by its schema; name what to wait for"
      ),
      (["GIVE", "count=1", "--resume", "1"], .usage, "'--resume' takes no fields"),
      (["GIVE", "--resume", "1", "--cancel", "1"], .usage, "exclude each other"),
      (["GIVE", "--resume", "x"], .usage, "takes a number"),
      (["GIVE", "count=300", "--await"], .failure, "field 'count' is 300"),
    ])
  func refused(arguments: [String], code: ExitCode, problem: String) throws {
    let manager = try TestManager()
    let worker = try FakeWorker(manager)
    let listener = try client(manager, "listener", listensFor: [.gas])
    let run = try ToolRun()
    run.perform(["--bus", "\(manager.address)", "send"] + arguments)
    #expect(run.code == code && run.errors.contains(problem), "\(run.errors)")
    worker.stop()
    listener.stop()
    let alone = try ToolRun.run(manager, "send", "CANDY_DISPENSE", "request=1", "--await")
    #expect(alone.code == .nobodyListens)
  }
}
