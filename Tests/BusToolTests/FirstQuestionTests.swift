import BusSystem
import BusTesting
import TestSupport
import Testing

@testable import framebus

@Suite("The first questions of framebus doctor", .timeLimit(.minutes(1)))
struct FirstQuestionTests {
  private let path = BusAddress.unix(path: "/run/framebus/bus.sock")
  private let port = BusAddress.tcp(host: "127.0.0.1", port: 5000)

  private func text(_ answers: (BusAddress, ManagerProbe.Answer)...) -> String {
    ManagerExamination(answers: answers.map { (address: $0.0, answer: $0.1) }).findings.map { $0.seen }
      .joined(separator: "\n")
  }

  @Test("a manager is there, with its version, its address and its bus")
  func there() throws {
    let manager = try TestManager()
    let run = try ToolRun.run(manager, "doctor", "--window", "0.05")
    #expect(run.code == .ok)
    #expect(
      run.output.hasPrefix("ok       a manager 0.1.0 answers at \(manager.address), for the bus 'framebus'\n"))
    #expect(ManagerProbe.ask(manager.address) == .manager(version: "0.1.0", bus: "framebus"))
  }

  @Test("nobody is there: where it was looked, and how to start one")
  func nobody() throws {
    let run = try ToolRun()
    run.perform(["doctor", "--bus", "/nowhere/bus.sock"])
    let code = try run.finish()
    #expect(code == .failure && run.errors == "")
    #expect(run.output.hasPrefix("problem  no manager is at /nowhere/bus.sock (No such file or directory)\n"))
    #expect(run.output.contains("Start one: 'bus-manager'"))
  }

  @Test("a user who may not use the socket reads how to, and which way is left")
  func forbidden() {
    let denied = ManagerProbe.Answer.failed(SystemError(code: SystemError.permissionDenied, call: "connect"))
    let here = ManagerProbe.Answer.manager(version: "1", bus: "lab")
    #expect(
      text((path, denied), (port, here))
        == "this user may not use /run/framebus/bus.sock\na manager 1 answers at 127.0.0.1:5000, for the bus 'lab'")
    let examination = ManagerExamination(answers: [(path, denied)])
    #expect(examination.findings.map(\.grade) == [.problem])
    #expect(examination.findings[0].advice.contains("adduser"))
  }

  @Test("a refusal, silence and a stranger are told apart")
  func others() throws {
    #expect(text((port, .refused("too many"))) == "the manager at 127.0.0.1:5000 refuses this tool: too many")
    #expect(text((port, .silent)) == "somebody listens at 127.0.0.1:5000, and says nothing")
    #expect(text((port, .stranger)) == "what answers at 127.0.0.1:5000 is no manager")
    #expect(ManagerProbe.answer(in: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) == .stranger)
    #expect(ManagerProbe.answer(in: []) == nil)
  }

  @Test("somebody who listens and says nothing is not waited for for ever")
  func silence() throws {
    let folder = try TemporaryFolder()
    let listener = try Listener(.unix(path: folder.path("mute.sock")))
    #expect(ManagerProbe.ask(listener.address, patience: .milliseconds(20)) == .silent)
  }

  @Test("services are judged by what systemd says and by who is on the bus")
  func services() {
    let units = ServiceUnit.units(
      in: """
        Result=success
        MainPID=12
        NRestarts=0
        Id=bus-manager.service
        ActiveState=active

        Id=bus-module@candy.service
        ActiveState=failed
        Result=start-limit-hit
        NRestarts=5
        MainPID=0

        Id=bus-module@bar.service
        ActiveState=active
        Result=success
        MainPID=14

        """)
    #expect(units.map(\.name) == ["bus-manager.service", "bus-module@candy.service", "bus-module@bar.service"])
    #expect(units.map(\.state) == ["active", "failed (start-limit-hit)", "active"])
    #expect(
      units.compactMap { $0.finding(connected: [12]) }.map(\.seen) == [
        "bus-module@candy is failed (start-limit-hit), after 5 restarts",
        "bus-module@bar runs (process 14), but is not on the bus",
      ])
    #expect(units.allSatisfy { $0.name.contains("candy") || $0.finding(connected: [12, 14]) == nil })
  }
}
