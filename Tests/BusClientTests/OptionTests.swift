import BusTesting
import BusWire
import Testing

@testable import BusClient

@Suite("Options of a module")
struct OptionTests {
  /// A module that cannot do without one of its options.
  struct Dispenser: Module {
    static let serialPort = Option("port", value: "PATH", "The serial port of the dispenser.")
    static let speed = Option("baud", default: 9600, in: 300...4_000_000, "Its speed")
    static let patience = Option(
      "patience", default: .milliseconds(1500), in: .milliseconds(1) ... .seconds(60), unit: .milliseconds,
      "How long it may take")
    static let options: [any ProgramOption] = [serialPort, speed, patience]

    let port: String
    let baud: Int
    let isSimulated: Bool

    init(bus: Bus) throws {
      guard let port = bus.options[Self.serialPort] else { throw UsageError("--port is missing") }
      self.port = port
      baud = bus.options[Self.speed]
      isSimulated = bus.options[.sim]
    }

    mutating func process() {}
  }

  /// A module that takes a common name for something else.
  struct Confused: Module {
    static let options: [any ProgramOption] = [Option("name", value: "TEXT", "What is on the label.")]
    init(bus: Bus) {}
    mutating func process() {}
  }

  @Test("those of all modules give name, instance, address and log level")
  func common() throws {
    let options = try ModuleOptions(
      program: "/usr/bin/led-module",
      arguments: ["--instance", "2", "--bus=/tmp/x.sock", "--log-level", "debug"])
    #expect(options.configuration.name == "led")
    #expect(options.configuration.instance == 2)
    #expect(options.configuration.address == .unix(path: "/tmp/x.sock"))
    #expect(options.configuration.log.level == .debug)
    #expect(try ModuleOptions(program: "led", arguments: ["--name", "x"]).configuration.name == "x")
  }

  @Test(
    "those that make no sense say so",
    arguments: [
      (["--instance", "256"], "option '--instance' takes a number from 0 to 255, not '256'"),
      (["--bogus"], "unknown option '--bogus'"),
      (["--name"], "option '--name' needs a value"),
      (["extra"], "unexpected argument 'extra'"),
      (
        ["--bus", "nowhere"],
        "--bus: 'nowhere' is no bus address; write HOST:PORT such as 127.0.0.1:5000, or the path of a Unix socket"
      ),
    ])
  func badOptions(_ arguments: [String], _ message: String) {
    let error = #expect(throws: UsageError.self) {
      try ModuleOptions(program: "led", arguments: arguments)
    }
    #expect(error?.description == message)
  }

  @Test("a module has options of its own beside those of all modules")
  func own() throws {
    let mock = try MockBus(options: ["--port", "/dev/x", "--baud=115200", "--sim"], for: Dispenser.self)
    let dispenser = try Dispenser(bus: mock.bus)
    #expect(dispenser.port == "/dev/x" && dispenser.baud == 115_200 && dispenser.isSimulated)
    #expect(mock.bus.isConnected)
    let plain = try Dispenser(bus: MockBus(options: ["--port=/dev/y"], for: Dispenser.self).bus)
    #expect(plain.port == "/dev/y" && plain.baud == 9600 && !plain.isSimulated)
  }

  @Test("those of all modules reach a module under test, too")
  func commonUnderTest() throws {
    let mock = try MockBus(options: ["--name", "left", "--instance", "2", "--port", "x"], for: Dispenser.self)
    #expect(mock.bus.configuration.name == "left" && mock.bus.configuration.instance == 2)
  }

  @Test("an option that the module does not have is refused")
  func unknown() {
    let error = #expect(throws: UsageError.self) {
      try MockBus(options: ["--speed", "1"], for: Dispenser.self)
    }
    #expect(error?.description == "unknown option '--speed'")
  }

  @Test("a module without a command line has none")
  func none() throws {
    let mock = try MockBus()
    #expect(!mock.bus.options[.sim] && mock.bus.options[Dispenser.serialPort] == nil)
  }

  @Test("the help shows the module's own options first, and the common ones in a group of their own")
  func help() {
    let text = ModuleOptions.help(program: "/usr/bin/candy-dispenser", own: Dispenser.options)
    #expect(
      text == """
        Usage: candy-dispenser [OPTION]...

          --port PATH        The serial port of the dispenser.
          --baud N           Its speed (300 to 4000000; default 9600).
          --patience MS      How long it may take (1 to 60000 ms; default 1500).

          --bus ADDRESS      The manager: HOST:PORT or the path of its Unix socket ($FRAMEBUS, else the usual places).
          --name NAME        Name of this module on the bus.
          --instance N       Which of several equal devices this is (0 to 255; default 0).
          --sim              Use a simulated device instead of a real one.
          --state DIR        Where it keeps what must outlive it ($STATE_DIRECTORY, else ~/.local/state/framebus).
          --log-level LEVEL  Events below this level are not logged (debug, info, warning, error; default info).
          --settings FILE    Options from a file in YAML, such as /etc/framebus/modules/NAME.yaml.
          --print-settings   Print the options that are in force, with where each comes from, and end.
          --version          Show the version.
          --help             Show this text.

        """)
    #expect(ModuleOptions.help(program: "led").hasPrefix("Usage: led [OPTION]...\n\n  --bus ADDRESS"))
  }

  @Test("a module that takes a common name for something else does not start")
  func collision() async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = try ModuleOptions(program: "x", arguments: [], own: Confused.options)
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("the module's option '--name' has the name of another option"), "\(text)")
  }
}
