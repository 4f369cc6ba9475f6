import BusWire
import DeviceIO
import Frames
import Glibc
import TestSupport
import Testing

@testable import ProgramSupport

@Suite("A candy dispenser on a real bus", .ownThread)
struct CandyDispenserTests {
  private static let types: [FrameType] = [
    .candyStatus, .candyDispensed, .candyTaken, .candyNotTaken, .candyFailed, .candyRefused, .candyJam,
    .candyResetDone, .candyOutcome,
  ]
  let manager: Manager

  init() throws { manager = try Manager() }

  private func person() throws -> Person { try Person(manager.tcp, Self.types) }

  /// A module with a simulated dispenser that is ready, and somebody who uses it.
  private func ready(_ arguments: String...) throws -> Person {
    let folder = try TemporaryFolder()
    let module = try manager.module("candy-dispenser", ["--sim", "--sim-path", folder.path("tty")] + arguments)
    let person = try person()
    (person.module, person.folder) = (module, folder)
    try person.expect(CandyStatus.self, "connected; \(module.errors.all)") { $0.link == .connected }
    return person
  }

  private func simulate(_ person: Person, _ action: CandySimulation, _ value: UInt32 = 0) throws {
    try person.send(CandySimulate(action: action, value: value))
  }

  @Test(
    "a candy falls and is taken, each reported once; the next waits until then, and the last one ends the job",
    arguments: ["robust", "real"])
  func dispense(firmware: String) throws {
    let person = try ready("--sim-firmware", firmware)
    try simulate(person, .takeAlways, 300)
    try person.send(CandyDispense(request: 7, count: 2))
    for number in 1...2 as ClosedRange<UInt16> {
      #expect(try person.expect(CandyDispensed.self) == CandyDispensed(request: 7, number: number, count: 2))
      #expect(try person.expect(CandyTaken.self) == CandyTaken(request: 7, number: number, count: 2))
    }
    #expect(
      try person.expect(CandyOutcome.self)
        == CandyOutcome(request: 7, outcome: .done, text: "2 of 2 fell, 2 taken", dispensed: 2, taken: 2))
    let state = try person.expect(CandyStatus.self) { $0.requestTaken == 2 }
    #expect(state.requestDispensed == 2 && state.dispensed == 2 && state.queueLength == 0 && state.trayLength == 0)
    #expect(try person.leftOver(CandyDispensed.self).isEmpty && person.leftOver(CandyTaken.self).isEmpty)
    let module = try #require(person.module)
    module.signal(SIGTERM)
    #expect(try module.exitCode() == 0)
  }

  @Test("commands that cannot be done are refused with a reason, and the queue has a limit")
  func refused() throws {
    let person = try ready()
    try simulate(person, .jam)
    try person.send(CandyDispense(request: 1, count: 60))
    try person.send(CandyDispense(request: 1, count: 1))
    let inUse = try person.expect(CandyOutcome.self)
    #expect(inUse.outcome == .refused && inUse.text.contains("choose ids at random"))
    try person.send(CandyDispense(request: 2, count: 5))
    let full = try person.expect(CandyOutcome.self)
    #expect(full.request == 2 && full.refusal == .queueFull && full.text.contains("room for 4 more"))
    try person.send(CandyConnect(request: 9))
    let wrong = try person.expect(CandyRefused.self)
    #expect(wrong.request == 9 && wrong.command == .connect && wrong.reason == .notDisconnected)
    try simulate(person, .unplug)
    try person.expect(CandyStatus.self) { $0.link == .closed }
    let ended = try person.expect(CandyOutcome.self)
    #expect(ended.request == 1 && ended.outcome == .failed && ended.failed == 60 && ended.mayHaveFallen)
    try person.send(CandyDispense(request: 3, count: 1))
    let absent = try person.expect(CandyOutcome.self)
    #expect(absent.request == 3 && absent.refusal == .notConnected && absent.text.contains("port is closed"))
    #expect(person.module?.isRunning == true)
  }

  @Test("a cancelled request keeps the candy that is under way, and gives up the others")
  func cancel() throws {
    let person = try ready()
    try simulate(person, .lateAnswers, 1000)
    let job = try person.bus.job(CandyDispense(request: 0, count: 3))
    try person.expect(CandyStatus.self) { $0.queueLength == 3 }
    try job.cancel()
    try simulate(person, .lateAnswers, 0)
    try simulate(person, .take)
    let outcome = try person.expect(CandyOutcome.self)
    #expect(outcome.outcome == .cancelled && outcome.dispensed == 1 && outcome.failed == 2, "\(outcome)")
    #expect(job.outcome == outcome)
  }

  @Test("a jam is suspected after its time, and cleared by the candy; the connection stays", arguments: [true, false])
  func jam(isEmpty: Bool) throws {
    let person = try ready("--jam-timeout", "1", "--sim-firmware", "real")
    try simulate(person, isEmpty ? .empty : .jam)
    try person.send(CandyDispense(request: 4))
    #expect(try person.expect(CandyJam.self) == CandyJam(request: 4, number: 1, count: 1, suspected: true))
    try person.expect(CandyStatus.self) { $0.jamSuspected && $0.link == .connected }
    try simulate(person, isEmpty ? .refill : .freeJam, 5)
    #expect(try person.expect(CandyJam.self).suspected == false)
    #expect(try person.expect(CandyDispensed.self).request == 4)
    #expect(try person.leftOver(CandyFailed.self).isEmpty)
  }

  @Test("a dispenser that knows of its jam says so, and goes on after a reset")
  func toldJam() throws {
    let person = try ready()
    try simulate(person, .jam)
    try person.send(CandyDispense(request: 5))
    let failed = try person.expect(CandyFailed.self)
    #expect(failed.request == 5 && failed.reason == .jam && !failed.mayHaveFallen)
    try simulate(person, .freeJam)
    try person.send(CandyReset(request: 6))
    #expect(try person.expect(CandyResetDone.self) == CandyResetDone(request: 6, answered: true))
    try person.send(CandyDispense(request: 7))
    #expect(try person.expect(CandyDispensed.self).request == 7)
  }

  @Test("a firmware that knows no reset is told from one that does")
  func resetUnknown() throws {
    let person = try ready("--sim-firmware", "real")
    try person.send(CandyReset(request: 6))
    #expect(try person.expect(CandyResetDone.self) == CandyResetDone(request: 6, answered: false))
  }

  @Test("a hand that comes too briefly leaves a candy that was not taken")
  func shortHand() throws {
    let person = try ready("--taken-timeout", "1")
    try person.send(CandyDispense(request: 8))
    try person.expect(CandyDispensed.self)
    #expect(
      try person.expect(CandyNotTaken.self) == CandyNotTaken(request: 8, number: 1, count: 1, reason: .timeout))
  }

  @Test("late answers and stray bytes change nothing but the time and a counter")
  func noise() throws {
    let person = try ready()
    try simulate(person, .takeAlways, 100)
    try simulate(person, .lateAnswers, 700)
    try simulate(person, .strayBytes, 100)
    try person.send(CandyDispense(request: 1))
    try simulate(person, .strayBytesIn, 50)
    #expect(try person.expect(CandyDispensed.self).request == 1)
    #expect(try person.expect(CandyTaken.self).request == 1)
    try person.expect(CandyStatus.self) { $0.noise > 50 }
    #expect(try person.leftOver(CandyDispensed.self).isEmpty && person.leftOver(CandyFailed.self).isEmpty)
  }

  @Test("what was under way when the plug was pulled is reported and never asked for again", arguments: [true, false])
  func unplugged(byReset: Bool) throws {
    let person = try ready()
    try simulate(person, .jam)
    try person.send(CandyDispense(request: 1, count: 3))
    try person.expect(CandyStatus.self) { $0.queueLength == 3 }
    try simulate(person, byReset ? .resetBoard : .unplug, 2)
    let first = try person.expect(CandyFailed.self)
    #expect(first.number == 1 && first.reason == .unanswered && first.mayHaveFallen)
    for number in 2...3 as ClosedRange<UInt16> {
      let failed = try person.expect(CandyFailed.self)
      #expect(failed.number == number && failed.reason == .notSent && !failed.mayHaveFallen)
    }
    try simulate(person, .freeJam)
    try person.expect(CandyStatus.self) { $0.link == .connected && $0.failed == 3 }
    try person.send(CandyDispense(request: 2))
    #expect(try person.expect(CandyDispensed.self) == CandyDispensed(request: 2, number: 1, count: 1))
    let state = try person.expect(CandyStatus.self) { $0.requestDispensed == 1 }
    #expect(state.dispensed == 1 && state.unexpected == 0)
    #expect(try person.leftOver(CandyDispensed.self).isEmpty)
  }

  @Test("a disconnect on request holds until a connect")
  func disconnect() throws {
    let person = try ready()
    try person.send(CandyDisconnect())
    try person.expect(CandyStatus.self) { $0.link == .disconnected }
    try person.send(CandyDispense(request: 1))
    #expect(try person.expect(CandyOutcome.self).refusal == .notConnected)
    try person.send(CandyConnect())
    try person.expect(CandyStatus.self) { $0.link == .connected }
  }

  @Test("who comes late gets the state at once, and who asks gets it too")
  func lateListener() throws {
    let person = try ready()
    let late = try Person(manager.tcp, [.candyStatus], name: "late")
    #expect(try late.expect(CandyStatus.self).link == .connected)
    try late.bus.request(.candyStatus)
    #expect(try late.expect(CandyStatus.self).link == .connected)
    #expect(person.bus.isConnected)
  }

  @Test("two dispensers are told apart by their instances")
  func instances() throws {
    let folder = try TemporaryFolder()
    let first = try manager.module("candy-dispenser", ["--sim", "--sim-path", folder.path("a")])
    let second = try manager.module("candy-dispenser", ["--sim", "--sim-path", folder.path("b"), "--instance", "1"])
    let person = try person()
    for _ in 1...2 {
      try person.expect(CandyStatus.self, first.errors.all + second.errors.all) { $0.link == .connected }
    }
    try person.send(CandyDispense(request: 3), instance: 1)
    try person.expect(CandyDispensed.self)
    let asked = try Person(manager.tcp, [.candyStatus], name: "asked")
    let counts = try (0..<2).map { _ in try asked.expect(CandyStatus.self).dispensed }
    #expect(counts.sorted() == [0, 1])
    try first.killAndWait()
    let task = try manager.module("selection-task", ["--instance", "0"], shell: #""$@" </dev/null"#)
    let other = try manager.module("selection-task", ["--instance", "1"], shell: #""$@" </dev/null"#)
    #expect(try other.exitCode() == 0)
    #expect(other.output.wait { $0 == ["Waiting for the dispenser.", "Question 1: A or B?"] })
    #expect(task.output.wait { $0 == ["Waiting for the dispenser."] } && task.isRunning)
  }

  @Test("a manager that dies while a candy is on its way hears of it when it is back")
  func managerRestarts() throws {
    let folder = try TemporaryFolder()
    var manager = try Manager(folder: folder)
    let module = try manager.module("candy-dispenser", ["--sim", "--sim-path", folder.path("tty")])
    var person = try Person(manager.tcp, Self.types)
    try person.expect(CandyStatus.self, module.errors.all) { $0.link == .connected }
    try simulate(person, .lateAnswers, 1500)
    try person.send(CandyDispense(request: 11))
    try person.expect(CandyStatus.self) { $0.request == 11 }
    try manager.program.killAndWait()
    try module.waitForLog("event=disconnected")
    manager = try Manager(tcp: manager.tcp, folder: folder)
    person = try Person(manager.tcp, Self.types)
    let state = try person.expect(CandyStatus.self, module.errors.all) { $0.requestDispensed == 1 }
    #expect(state.request == 11 && state.dispensed == 1 && state.link == .connected && state.requestFailed == 0)
    // It fell while nobody was there, or now: who comes back learns it once.
    #expect(try person.expect(CandyDispensed.self).request == 11)
    try simulate(person, .lateAnswers, 0)
    try simulate(person, .take)
    #expect(try person.expect(CandyTaken.self).request == 11)
    #expect(try person.expect(CandyOutcome.self).outcome == .done)
    #expect(try person.leftOver(CandyDispensed.self).isEmpty)
  }

  @Test("a module that is killed in the middle of a dispense leaves nothing that the next one takes for its own")
  func moduleKilled() throws {
    let folder = try TemporaryFolder()
    let port = folder.path("tty")
    let device = try manager.module("candy-simulator", ["--sim-path", port])
    let person = try person()
    let first = try manager.module("candy-dispenser", ["--port", port])
    try person.expect(CandyStatus.self, first.errors.all) { $0.link == .connected }
    try simulate(person, .lateAnswers, 2000)
    try person.send(CandyDispense(request: 1))
    try person.expect(CandyStatus.self) { $0.request == 1 }
    try first.killAndWait()
    let second = try manager.module("candy-dispenser", ["--port", port])
    let unknown = try person.expect(CandyOutcome.self)
    #expect(unknown.request == 1 && unknown.outcome == .failed && unknown.mayHaveFallen)
    try person.send(CandyDispense(request: 1))
    #expect(try person.expect(CandyOutcome.self) == unknown)
    try simulate(person, .lateAnswers, 0)
    try person.expect(CandyStatus.self, second.errors.all) { $0.link == .connected && $0.dispensed == 0 }
    try person.send(CandyDispense(request: 2))
    #expect(try person.expect(CandyDispensed.self) == CandyDispensed(request: 2, number: 1, count: 1))
    let state = try person.expect(CandyStatus.self) { $0.requestDispensed == 1 }
    #expect(state.dispensed == 1)
    #expect(device.isRunning)
  }

  @Test("a module without a port says what it needs, and a port that is not there is waited for")
  func start() throws {
    let bare = try manager.module("candy-dispenser")
    #expect(try bare.exitCode() == 2)
    #expect(bare.errors.all.contains("--port") && bare.errors.all.contains("--sim"))
    let folder = try TemporaryFolder()
    let module = try manager.module("candy-dispenser", ["--port", folder.path("tty")])
    try module.waitForLog("event=no_port", "No such file or directory", "is the device plugged in")
    let device = try manager.module(
      "candy-dispenser", ["--sim-only", "--sim-path", folder.path("tty"), "--name", "sim"])
    let person = try person()
    try person.expect(CandyStatus.self, module.errors.all) { $0.link == .connected }
    let rival = try manager.module("candy-dispenser", ["--port", folder.path("tty"), "--instance", "1"])
    try rival.waitForLog("event=no_port", "has the port; end it or choose another port")
    #expect(device.isRunning)
  }

  @Test("a dispenser that is out of its mind is credited with nothing, and fills neither log nor bus")
  func madDispenser() throws {
    let folder = try TemporaryFolder()
    let terminal = try PseudoTerminal(link: folder.path("tty"))
    let module = try manager.module("candy-dispenser", ["--port", folder.path("tty")])
    let person = try person()
    var device = ScriptedDevice(terminal, ["correct port": "correct port", "~ES": "@es", "~RS": "@rs"])
    try Deadline.wait(for: "a connection; \(module.errors.all)") {
      try device.answer()
      return module.logCount("event=connected") == 1
    }
    for _ in 0..<100 { try device.send("@iD$FD") }
    let status = try person.expect(CandyStatus.self) { $0.unexpected == 200 }
    #expect(status.dispensed == 0 && status.taken == 0 && status.link == .connected)
    #expect(module.logCount("event=unexpected") == 2)
    #expect(try person.leftOver(CandyDispensed.self).isEmpty && person.leftOver(CandyTaken.self).isEmpty)
  }

  @Test("a port that sends back what it is sent is no dispenser")
  func echo() throws {
    let folder = try TemporaryFolder()
    let terminal = try PseudoTerminal(link: folder.path("tty"))
    let module = try manager.module("candy-dispenser", ["--port", folder.path("tty")])
    var device = ScriptedDevice(terminal, ["correct port": "correct port", "~ES": "~ES"])
    try Deadline.wait(for: "a verdict; \(module.errors.all)") {
      try device.answer()
      return module.logCount("event=echo", "it is no dispenser") == 1
    }
    #expect(module.logCount("event=connected") == 0)
  }

  @Test("the selection task rewards right answers, and waits until the candy is taken")
  func selectionTask() throws {
    let person = try ready()
    try simulate(person, .takeAlways, 100)
    let task = try manager.module(
      "selection-task", ["--trials", "2", "--chance", "100"], shell: #"printf 'what?\nB\nA\n' | "$@""#)
    #expect(
      task.output.wait { $0.last?.hasPrefix("Over.") == true }, "\(task.output.lines) \(task.errors.all)")
    #expect(
      task.output.lines == [
        "Waiting for the dispenser.", "Question 1: A or B?", "A or B?", "Not this time.", "Question 2: A or B?",
        "Right! Take your candy.",
        "Over. 1 of 2 answers were rewarded and taken.",
      ])
    #expect(try task.exitCode() == 0)
    #expect(try person.expect(CandyTaken.self).number == 1)
  }

  @Test("the selection task goes on when the module is killed that had its candy, and ends with its input")
  func selectionTaskLosesModule() throws {
    let person = try ready()
    try simulate(person, .jam)
    let task = try manager.module(
      "selection-task", ["--chance", "100"], shell: #"{ echo A; sleep 1; printf A; } | "$@""#)
    try person.expect(CandyStatus.self, task.errors.all) { $0.queueLength == 1 }
    try person.module?.killAndWait()
    let folder = try TemporaryFolder()
    let next = try manager.module("candy-dispenser", ["--sim", "--sim-path", folder.path("tty")])
    try person.expect(CandyStatus.self, next.errors.all) { $0.link == .connected && $0.queueLength == 0 }
    try simulate(person, .takeAlways, 100)
    #expect(task.output.wait { $0.contains("Question 3: A or B?") }, "\(task.output.lines) \(next.errors.all)")
    #expect(try task.exitCode() == 0)
    let lines = task.output.lines
    #expect(lines[..<3] == ["Waiting for the dispenser.", "Question 1: A or B?", "Right! Take your candy."])
    #expect(
      lines[3].hasPrefix("No candy: the module was restarted") && lines.count { $0 == "Right! Take your candy." } == 2)
  }

  @Test("a dispenser that ends each connection at once, and reads little, does not fill the log")
  func restlessDispenser() throws {
    let terminal = try PseudoTerminal()
    let module = try manager.module("candy-dispenser", ["--port", terminal.path])
    let person = try person()
    var device = ScriptedDevice(terminal, ["correct port": "correct port", "~ES": "@es@fl", "~RS": "@rs"])
    try Deadline.wait(for: "a connection; \(module.errors.all)") {
      try device.answer()
      return module.logCount("event=connected") == 1
    }
    #expect(module.logCount("event=lost") == 0)
    for _ in 0..<3 {
      for _ in 0..<20 { try device.send(String(repeating: "$FD", count: 1000)) }
      try device.answer()
    }
    try person.expect(CandyStatus.self) { $0.unexpected > 20_000 }
    #expect(module.logCount("event=not_sent") <= 1)
  }

  @Test(
    "an experiment in Python asks for candies and learns what became of them",
    .enabled(if: RunningProgram.hasPython, "python3 is not installed"))
  func python() throws {
    let person = try ready()
    try simulate(person, .takeAlways, 100)
    let experiment = try reward("--rewards", "2", "--count", "2")
    #expect(try experiment.exitCode() == 0, "\(experiment.errors.all)")
    #expect(experiment.output.wait { $0.count == 2 })
    let line = /DONE 2 of 2 fell, 2 taken \(after \d\.\d\d, \d\.\d\d s\)/
    #expect(experiment.output.lines.allSatisfy { $0.wholeMatch(of: line) != nil })
  }

  @Test(
    "an experiment in Python is told at once that the module is gone, and what became of it when it is back",
    .enabled(if: RunningProgram.hasPython, "python3 is not installed"))
  func pythonAndKilledModule() throws {
    let person = try ready()
    try simulate(person, .jam)
    let experiment = try reward("--journal", try #require(person.folder).path("rewards"))
    try person.expect(CandyStatus.self) { $0.queueLength == 1 }
    person.module?.signal(SIGKILL)
    #expect(experiment.output.wait { $0.contains("interrupted: the dispenser's module is gone") })
    let next = try manager.module("candy-dispenser", ["--sim"])
    let unknown = "FAILED the module was restarted, and nobody knows"
    #expect(experiment.output.wait { $0.contains { $0.hasPrefix(unknown) } }, "\(next.errors.all)")
    #expect(try experiment.exitCode() == 1)
  }

  private func reward(_ arguments: String...) throws -> RunningProgram {
    let folder = Fixture.packageDirectory.appending(path: "Examples/python").path
    return try RunningProgram(
      "framebus", arguments, environment: ["FRAMEBUS": "\(manager.tcp)", "PYTHONDONTWRITEBYTECODE": "1"],
      shell: "shift; exec python3 '\(folder)/reward.py' \"$@\"")
  }
}
