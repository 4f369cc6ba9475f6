import BusClient
import JSONValue

/// `framebus list`: who is on the bus, and which frames they exchange.
struct ListCommand: BusCommand {
  static let name = "list"
  static let operands = "[FRAME|MODULE]"
  static let operandsMax = 1
  static let summary = "Shows the modules, and who sends and who gets which frame."
  static let details = """
    Of a module it shows its state (connected, slow, hung), the frames per second that it sends (IN/s, into the bus) and
    is sent (OUT/s), the bytes that wait for it now and the most that ever did, how long it has held its senders back in
    all, and how many frames it lost in all. Observers are tools like this one.

    A frame is in the list if a connected module has declared it or if it was sent since the manager started. One that
    modules declare with different fields, or an id that they use for different frames, is marked with ! and explained
    below the table. With FRAME or MODULE only this one is shown, and who has to do with it.

    On a terminal the tables take its width: long names are cut, and columns are left out where it is narrow. With
    --all, with FRAME or MODULE, and in a file or a pipe everything is whole.

    With --json it is one object with the members 'bus', 'modules' and 'frames'. There all counters are since the
    connection of the module or the start of the manager; rates are null with --no-rates.
    """
  private static let all = Option("all", "Show every name whole, however wide the tables become.")
  private static let json = Option("json", "Write JSON.")
  private static let window = Option(
    "window", default: .milliseconds(500), in: .milliseconds(1) ... .seconds(1_000_000), unit: .seconds,
    "How long rates are measured")
  private static let noRates = Option("no-rates", "Do not wait to measure rates.")
  static let options: [any ProgramOption] = [all, json, window, noRates]

  private let operand: String?
  private let isWhole: Bool
  private let isJSON: Bool
  private let windowMilliseconds: Int?

  init(_ given: GivenOptions) throws(UsageError) {
    operand = given.operands.first
    isWhole = given[Self.all] || operand != nil
    isJSON = given[Self.json]
    if given[Self.noRates], given.isGiven(Self.window) {
      throw UsageError("--window and --no-rates exclude each other")
    }
    windowMilliseconds = given[Self.noRates] ? nil : given[Self.window].inMilliseconds
  }

  func run(on session: BusSession, _ console: Console) throws(ToolError) {
    let subject = try session.find(console) { () throws(ToolError) -> Subject in
      try Subject(operand, session.view)
    }
    let window = try session.observe(milliseconds: windowMilliseconds)
    // Who came meanwhile may have declared frames.
    try session.refresh()
    let report = ListReport(session.view, window, subject)
    var console = console
    if isWhole { console.width = nil }
    try console.print(isJSON ? report.json.line + "\n" : report.text(console))
  }
}
