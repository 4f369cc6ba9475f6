import BusClient
import BusSystem

/// `framebus request`: asks for a frame and shows the answer.
struct RequestCommand: BusCommand {
  static let name = "request"
  static let operands = "FRAME"
  static let operandsMax = 1
  static let summary = "Asks for a frame and shows the answer."
  static let details = """
    FRAME is a name in any case, or an id. The answer is the next live value of the frame, from any sender; it is
    shown as 'framebus listen' does. The exit code is 4 if no module listens for requests of the frame, and 3 if none
    answers in time.
    """
  private static let json = Option("json", "Write a JSON object.")
  private static let raw = Option("raw", "Write header and bytes instead of fields.")
  private static let instance = Option<UInt8>(
    "instance", default: 0, in: 0...255, "Which of several equal devices is asked")
  private static let timeout = Option(
    "timeout", default: .seconds(1), in: .milliseconds(1) ... .seconds(1_000_000), unit: .seconds,
    "How long to wait for the answer")
  static let options: [any ProgramOption] = [json, raw, instance, timeout]

  private let frame: String
  private let format: FrameFormat
  private let instance: UInt8
  private let timeoutMilliseconds: Int

  init(_ given: GivenOptions) throws(UsageError) {
    guard let frame = given.operands.first else { throw UsageError("no frame given") }
    if given[Self.json], given[Self.raw] { throw UsageError("--json and --raw exclude each other") }
    self.frame = frame
    format = given[Self.json] ? .json : given[Self.raw] ? .raw : .text
    instance = given[Self.instance]
    timeoutMilliseconds = given[Self.timeout].inMilliseconds
  }

  func run(on session: BusSession, _ console: Console) throws(ToolError) {
    let declaration = try session.find(console) { () throws(ToolError) -> Declaration in
      try session.view.declarations(named: frame)[0]
    }
    let answer = try session.find(console) { () throws(ToolError) -> Frame in
      try ask(FrameType(id: declaration.type), declaration.name, session)
    }
    // Who answers may have declared the frame only now.
    try session.refresh()
    try FramePrinter(format, console).print(answer, session.view)
  }

  private func ask(_ type: FrameType, _ name: String, _ session: BusSession) throws(ToolError) -> Frame {
    do throws(BusError) {
      return try session.bus.ask(type, instance: instance, timeout: .milliseconds(timeoutMilliseconds))
    } catch  where error.code == .noListener {
      throw ToolError(
        .nobodyListens,
        "nobody listens for requests of \(name); 'framebus list' shows which modules are running", mayPass: true)
    } catch  where error.code == .timeout {
      throw ToolError(.timeout, "no \(name) came within \(timeoutMilliseconds) ms")
    } catch {
      throw ToolError(error)
    }
  }
}
