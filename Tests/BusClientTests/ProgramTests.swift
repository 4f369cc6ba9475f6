import BusSystem
import BusTesting
import BusWire
import Glibc
import Testing

@testable import BusClient

/// The program around a module, run to its end in a process of its own.
@Suite("Program of a module")
struct ProgramTests {
  /// Needs a port. It ends the process when it hears of another module, or when it has worked without a manager.
  struct Machine: Module {
    static let port = Option("port", value: "PATH", "Where the machine is.")
    static let options: [any ProgramOption] = [port]
    let bus: Bus
    var beats = 0

    init(bus: Bus) throws {
      guard bus.options[Self.port] != nil else { throw UsageError("--port is missing") }
      self.bus = bus
      bus.listen(for: ModuleStatus.frameType)
    }

    mutating func process() throws {
      if bus.isBeat { beats += 1 }
      if bus.hasData, try bus.getData().decode(ModuleStatus.self)?.name == "other" { Process.exit(30) }
      if !bus.isConnected, beats == 3 { Process.exit(31) }
      if beats == 200 { Process.exit(32) }
    }

    mutating func stop() { FileDescriptor.standardError.write("the machine is off\n") }
  }

  /// Is asked to end while it works, and then never returns from one of its calls.
  struct Stubborn: Module {
    static let inStop = Option("in-stop", "Hang in stop().")
    static let options: [any ProgramOption] = [inStop]
    let bus: Bus
    var isFinished: Bool { bus.options[Self.inStop] }

    init(bus: Bus) { self.bus = bus }

    mutating func process() { if !isFinished { Self.hang() } }

    mutating func stop() { Self.hang() }

    private static func hang() {
      while true {
        kill(getpid(), SIGTERM)
        usleep(20_000)
      }
    }
  }

  /// Is asked to end twice, by somebody in a hurry.
  struct Obedient: Module {
    let bus: Bus

    init(bus: Bus) { self.bus = bus }

    mutating func process() { for _ in 0..<2 { kill(getpid(), SIGTERM) } }

    mutating func stop() { FileDescriptor.standardError.write("the machine is off\n") }
  }

  private static let nowhere = "/nowhere/bus.sock"

  @Test("an option that is missing ends it with code 2, before it looks for a manager")
  func missingOption() async throws {
    let result = try await #require(processExitsWith: .exitCode(2), observing: [\.standardErrorContent]) {
      ModuleProgram<Machine>.main(["/usr/bin/machine", "--bus", Self.nowhere])
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text == "machine: --port is missing; try --help\n")
  }

  @Test("it says its version and its options, and does not begin", arguments: ["--version", "-h"])
  func asked(_ option: String) async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) { [option] in
      ModuleProgram<Machine>.main(["/usr/bin/machine", option])
    }
    let text = String(decoding: result.standardOutputContent, as: UTF8.self)
    #expect(text.contains(option == "-h" ? "  --port PATH" : "machine, Framebus 0.1.0, wire protocol 1\n"), "\(text)")
  }

  @Test("it serves its device while no manager is there")
  func noManager() async throws {
    let result = try await #require(processExitsWith: .exitCode(31), observing: [\.standardErrorContent]) {
      ModuleProgram<Machine>.main(["/usr/bin/machine", "--bus", Self.nowhere, "--port", "x"])
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("event=no_manager"))
  }

  @Test(
    "a second signal ends it in a call that does not return, and it says which", arguments: ["process()", "stop()"])
  func hangs(call: String) async throws {
    let result = try await #require(processExitsWith: .exitCode(128 + SIGTERM), observing: [\.standardErrorContent]) {
      [call] in
      ModuleProgram<Stubborn>.main(["stubborn", "--bus", Self.nowhere] + (call == "stop()" ? ["--in-stop"] : []))
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    let end = "event=killed module=stubborn meaning=\"ended by a second signal, as \(call) does not return; "
    #expect(text.contains(end), "\(text)")
  }

  @Test("a second signal that comes at once does not keep it from bringing its device to rest")
  func hurry() async throws {
    let result = try await #require(processExitsWith: .success, observing: [\.standardErrorContent]) {
      ModuleProgram<Obedient>.main(["obedient", "--bus", Self.nowhere])
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).hasSuffix("the machine is off\n"))
  }

  @Test("what it listens for before it is connected reaches the manager")
  func listens() async {
    await #expect(processExitsWith: .exitCode(30)) {
      let manager = try TestManager()
      let other = try Bus(manager.configuration("other"))
      try other.connect()
      ModuleProgram<Machine>.main(["/usr/bin/machine", "--bus", "\(manager.address)", "--port", "x"])
    }
  }

  @Test("a manager that refuses it ends it with code 1, and its device is off")
  func refused() async throws {
    let result = try await #require(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
      let manager = try TestManager()
      let first = try Bus(manager.configuration("machine"))
      try first.connect()
      ModuleProgram<Machine>.main(["/usr/bin/machine", "--bus", "\(manager.address)", "--port", "x"])
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.hasPrefix("the machine is off\nmachine: the name machine is taken by process "), "\(text)")
  }
}
