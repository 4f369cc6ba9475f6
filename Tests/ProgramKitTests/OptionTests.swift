import ProgramKit
import Testing

@Suite("Options")
struct OptionTests {
  enum Colour: String, CaseIterable { case red, green }

  static let port = Option("port", value: "PATH", "The port.")
  static let fast = Option("fast", "Be quick.")
  static let count = Option("count", default: 3, in: 1...9, "How many")
  static let number = Option<UInt8?>("number", in: 0...255, "Which")
  static let colour = Option("colour", default: Colour.red, "What it looks like")
  static let patience = Option(
    "patience", default: .seconds(2), in: .milliseconds(10) ... .seconds(60), unit: .seconds, "How long")
  static let places = Option("at", values: "X", "Where; may be repeated.") { text in
    guard let place = Int(text) else { throw UsageError("'\(text)' is no place") }
    return place
  }
  static let all: [any ProgramOption] = [port, fast, count, number, colour, patience, places]

  private func read(_ arguments: String...) throws(UsageError) -> GivenOptions {
    try GivenOptions(arguments, Self.all, operandsMax: 1)
  }

  @Test("have their defaults unless given")
  func defaults() throws {
    for given in [GivenOptions(), try read()] {
      #expect(given[Self.port] == nil && !given[Self.fast] && given[Self.count] == 3 && given[Self.number] == nil)
      #expect(given[Self.colour] == .red && given[Self.patience] == .seconds(2) && given[Self.places] == [])
      #expect(!given.isGiven(Self.count) && given.operands == [])
    }
  }

  @Test("are read as what they are; the last one counts, and a list has all")
  func values() throws {
    let given = try read(
      "--port=/dev/x", "--fast", "--count", "4", "--count=5", "--number", "255", "x", "--colour=green", "--at", "1",
      "--at=2")
    #expect(given[Self.port] == "/dev/x" && given[Self.fast] && given[Self.count] == 5 && given[Self.number] == 255)
    #expect(given[Self.colour] == .green && given[Self.places] == [1, 2] && given.operands == ["x"])
    #expect(given.isGiven(Self.count))
  }

  @Test(
    "times have a unit of their own, or name another",
    arguments: [("3", 3000), ("0.5", 500), ("250ms", 250), ("1.5s", 1500), ("1min", 60_000), ("0.1", 100)])
  func times(_ text: String, _ milliseconds: Int) throws {
    #expect(try read("--patience", text)[Self.patience] == .milliseconds(milliseconds))
  }

  @Test(
    "that mean nothing are refused with what would",
    arguments: [
      (["--count", "0"], "option '--count' takes a number from 1 to 9, not '0'"),
      (["--count", "many"], "option '--count' takes a number from 1 to 9, not 'many'"),
      (["--number=256"], "option '--number' takes a number from 0 to 255, not '256'"),
      (["--colour", "blue"], "--colour: 'blue' is none of red, green"),
      (["--patience", "61"], "option '--patience' takes a time from 0.01 to 60 s, not '61'"),
      (["--patience", "1h"], "option '--patience' takes a time from 0.01 to 60 s, not '1h'"),
      (["--patience", "1e999"], "option '--patience' takes a time from 0.01 to 60 s, not '1e999'"),
      (["--at", "here"], "--at: 'here' is no place"),
      (["--fast=yes"], "option '--fast' takes no value"),
      (["--port"], "option '--port' needs a value"),
      (["--prot", "x"], "unknown option '--prot'"),
      (["-x"], "unknown option '-x'"),
      (["a", "b"], "unexpected argument 'b'"),
    ])
  func refused(_ arguments: [String], _ text: String) {
    let error = #expect(throws: UsageError.self) { try GivenOptions(arguments, Self.all, operandsMax: 1) }
    #expect(error?.description == text)
  }

  @Test("help and version are asked for in the usual ways, and what else was given does not matter for help")
  func everywhere() throws {
    #expect(try read("--help").wantsHelp && read("-h", "--count", "0").wantsHelp && read("--version").wantsVersion)
  }

  @Test("the help shows what each takes and what it is unless given")
  func help() {
    #expect(
      GivenOptions.help([Self.port, Self.count, Self.colour], [Self.patience, Self.number]) == """
          --port PATH         The port.
          --count N           How many (1 to 9; default 3).
          --colour NAME       What it looks like (red, green; default red).

          --patience SECONDS  How long (0.01 to 60 s; default 2).
          --number N          Which (0 to 255).
          --version           Show the version.
          --help              Show this text.

        """)
  }
}
