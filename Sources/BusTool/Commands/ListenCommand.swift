import BusClient
import BusSystem

/// `framebus listen`: frames as they pass, decoded.
struct ListenCommand: BusCommand {
  static let name = "listen"
  static let operands = "[FRAME...]"
  static let operandsMax = 1024
  static let summary = "Shows frames as they pass, decoded by the schemas that the modules declared."
  static let details = """
    FRAME is a name in any case, or an id; 'IMU_*' stands for all such names that modules have declared by now, none or
    ALL for all frames. It ends with Ctrl-C.

    A line has the local time at which the frame was sent, its sender, its name, (request), (retained) or (instance N)
    where that applies, and its fields. Numbers are physical: the stored number times the scale, with the unit. A
    payload that does not fit its schema is shown as an error with its bytes.

    With --json each frame is an object on a line of its own: timestamp (nanoseconds since 1970, UTC), sender, source,
    frame, id, instance, priority, request, retained, fields. In fields numbers are physical, enums are names, bytes
    are "0x…", and numbers that are not finite are null. Without a schema 'fields' is null and 'payload' has the bytes,
    and 'frame' is null too if its name is not known; 'error' says why, if the payload did not fit.
    """
  private static let json = Option("json", "Write a JSON object per frame.")
  private static let raw = Option("raw", "Write header and bytes instead of fields.")
  private static let instance = Option<UInt8?>("instance", in: 0...255, "Only frames of this instance")
  private static let sender = Option(
    "sender", value: "MODULE", "Only frames of this module, such as blender or blender/1.")
  private static let count = Option<Int?>("count", in: 1 ... .max, "End after this many frames")
  private static let timeout = Option(
    "timeout", in: .milliseconds(1) ... .seconds(1_000_000), unit: .seconds,
    "End with exit code 3 when nothing came for this long")
  static let options: [any ProgramOption] = [json, raw, instance, sender, count, timeout]

  private let frames: [String]
  private let format: FrameFormat
  private let instance: UInt8?
  private let sender: String?
  private let count: Int
  private let timeoutMilliseconds: Int?

  init(_ given: GivenOptions) throws(UsageError) {
    if given[Self.json], given[Self.raw] { throw UsageError("--json and --raw exclude each other") }
    frames = given.operands
    format = given[Self.json] ? .json : given[Self.raw] ? .raw : .text
    instance = given[Self.instance]
    sender = given[Self.sender]
    count = given[Self.count] ?? .max
    timeoutMilliseconds = given[Self.timeout]?.inMilliseconds
  }

  func run(on session: BusSession, _ console: Console) throws(ToolError) {
    try session.interruptible(console)
    session.listen(for: try session.subscriptions(frames, instance: instance, console))
    let printer = FramePrinter(format, console)
    var notice = LossNotice()
    defer { notice.reportRest(console) }
    var left = count
    while left > 0 {
      switch try session.next(until: deadline) {
      case .frame(let frame) where sender != nil && session.view.moduleName(frame.source) != sender: break
      case .frame(let frame):
        try printer.print(frame, session.view)
        left -= 1
      case .lost(let lost): notice.add(lost, session.view, console)
      case .silence: throw ToolError(.timeout, "nothing came within \(timeoutMilliseconds ?? 0) ms")
      case .interrupted: return
      case .disconnected(let reason): console.report("\(reason); waiting for the manager")
      case .connected: console.report("connected again; frames sent in between are missing here")
      }
    }
  }

  private var deadline: UInt64? {
    timeoutMilliseconds.map { Clock.monotonic + UInt64($0) * 1_000_000 }
  }
}
