import BusClient
import BusSystem

/// `framebus hz`: how often frames are sent, and how evenly.
struct HzCommand: BusCommand {
  static let name = "hz"
  static let operands = "[FRAME...]"
  static let operandsMax = 1024
  static let summary = "Measures rate, jitter and bandwidth per frame and sender."
  static let details = """
    FRAME is a name in any case, or an id; none or ALL stands for all. A table is written every second until Ctrl-C.
    NAME/N is instance N of a frame, and NAME? are requests of it.

    Intervals are differences of the time stamps that the frames got when they were sent, so they show the sender and
    not the way here; an arrival would also show the manager, this tool and whatever else its machine does. RATE is one
    by the mean interval, JITTER the standard deviation of the intervals, MIN and MAX the shortest and the longest.
    BANDWIDTH counts headers too.

    It is an observer: nobody waits for it. If it cannot keep up, the manager reports what it lost: the rate counts
    those frames too and is marked with *. Exit code 3 if nothing came until the last table.
    """
  private static let json = Option("json", "Write a JSON object per second.")
  private static let window = Option(
    "window", value: "SECONDS", default: 5, in: 1...3600, "How far back each table looks")
  private static let count = Option<Int?>("count", in: 1 ... .max, "End after this many tables")
  private static let instance = Option<UInt8?>("instance", in: 0...255, "Only frames of this instance")
  static let options: [any ProgramOption] = [json, window, count, instance]

  private let frames: [String]
  private let isJSON: Bool
  private let windowSeconds: Int
  private let count: Int
  private let instance: UInt8?

  init(_ given: GivenOptions) {
    frames = given.operands
    isJSON = given[Self.json]
    windowSeconds = given[Self.window]
    count = given[Self.count] ?? .max
    instance = given[Self.instance]
  }

  private static let secondNanoseconds: UInt64 = 1_000_000_000

  func run(on session: BusSession, _ console: Console) throws(ToolError) {
    try session.interruptible(console)
    session.listen(for: try session.subscriptions(frames, instance: instance, console))
    var board = MeterBoard(windowSeconds: windowSeconds)
    var left = count
    var deadline = Clock.monotonic + Self.secondNanoseconds
    while true {
      switch try session.next(until: deadline) {
      case .frame(let frame): board.add(frame.header, now: Clock.monotonic)
      case .lost(let lost): board.add(lost)
      case .silence: break
      case .interrupted: return
      case .disconnected(let reason): console.report("\(reason); waiting for the manager")
      case .connected:
        board.removeAll()
        console.report("connected again; measuring from the start")
      }
      let now = Clock.monotonic
      guard now >= deadline else { continue }
      try show(RateReport(board: board, view: session.view, now: now), console)
      left -= 1
      if left == 0 {
        guard board.measurements(at: now).isEmpty else { return }
        throw ToolError(.timeout, "nothing came")
      }
      board.beginSecond(now: now)
      deadline = max(now, deadline + Self.secondNanoseconds)
    }
  }

  private func show(_ report: RateReport, _ console: Console) throws(ToolError) {
    try console.print(isJSON ? report.json(wall: Clock.wall).line + "\n" : report.text(console) + "\n")
  }
}
