import BusClient
import BusSystem

/// `framebus doctor`: says why nothing arrives.
struct DoctorCommand: BusCommand {
  static let name = "doctor"
  static let operands = "[FRAME|MODULE]"
  static let operandsMax = 1
  static let summary = "Says why nothing arrives: what is seen, what it means, what to do."
  static let details = """
    It watches the bus for a while and says what it found. What is broken is a problem; what may be intended is a note.

    For a FRAME the links from sender to listener are looked at in order, up to the first that is broken: is it known,
    does a module send it and another listen for it, do both answer the manager, do they agree about its fields, does it
    pass, do instances meet, does a listener lose frames. For a MODULE: its state, its losses, its device if it has one,
    and who is at the other end of each of its frames. Without either: whether a manager can be had, where and of which
    version, and what is wrong on the whole bus; for the usual bus of this machine also what systemd says of the
    modules that it runs.

    A frame is known to be sent once its sender has sent one. Whether a listener wants this instance is known only from
    what the manager sends it. Exit code 0 if there is no problem, else 1; notes do not count.
    """
  private static let json = Option(
    "json", "Write a JSON object per finding: grade (ok, note or problem), seen, meaning, advice.")
  private static let window = Option(
    "window", default: .seconds(2), in: .milliseconds(1) ... .seconds(1_000_000), unit: .seconds,
    "How long the bus is watched")
  static let options: [any ProgramOption] = [json, window]

  private let operand: String?
  private let isJSON: Bool
  private let windowMilliseconds: Int

  init(_ given: GivenOptions) {
    operand = given.operands.first
    isJSON = given[Self.json]
    windowMilliseconds = given[Self.window].inMilliseconds
  }

  func run(_ place: BusPlace, _ console: Console) throws(ToolError) {
    let isUsual = place.address == nil && ServiceManager.environment("FRAMEBUS") == nil
    let units = isUsual && operand == nil ? ServiceUnit.all() : []
    var first = try ManagerExamination.look(place)
    first.service = units.first { $0.name == "bus-manager.service" }
    if first.reachable == nil, !place.waits {
      try print(first.findings + units.compactMap { $0.finding(connected: []) }, console)
      throw ToolError(.failure, "")
    }
    let session = try BusSession(place, role)
    defer { session.stop() }
    try session.connect(console)
    try run(on: session, console, operand == nil ? first.findings : [], units)
  }

  func run(on session: BusSession, _ console: Console) throws(ToolError) { try run(on: session, console, [], []) }

  private func print(_ findings: [Finding], _ console: Console) throws(ToolError) {
    try console.print(findings.map { isJSON ? $0.json.line + "\n" : $0.text(console) }.joined())
  }

  private func run(
    on session: BusSession, _ console: Console, _ first: [Finding], _ units: [ServiceUnit]
  ) throws(ToolError) {
    let subject = try session.find(console) { () throws(ToolError) -> Subject in
      try Subject(operand, session.view)
    }
    let examination = try examine(session, console)
    let pids = Set(examination.view.connected.map(\.pid))
    let services = units.compactMap { $0.finding(connected: pids) }
    let seen: [Finding] =
      switch subject {
      case .bus: examination.findings
      case .module(let module): ModuleExamination(bus: examination, module: module).findings
      case .frame(let type, let name): FrameExamination(type, name: name, examination).findings
      }
    let findings = first + services + seen
    try print(findings, console)
    if findings.contains(where: { $0.grade == .problem }) { throw ToolError(.failure, "") }
    if isJSON { return }
    let counts = "\(examination.view.connected.count) modules, \(examination.view.frames.count) frames"
    try console.print("no problem found (\(counts), watched for \(examination.seconds))\n")
  }

  private func examine(_ session: BusSession, _ console: Console) throws(ToolError) -> Examination {
    try session.interruptible(console)
    session.listen(for: [Subscription(.all)])
    var links = DeviceLinks()
    var traffic = MeterBoard(windowSeconds: 3600)
    let before = try session.status()
    let deadline = Clock.monotonic + UInt64(windowMilliseconds) * 1_000_000
    while Clock.monotonic < deadline {
      switch try session.next(until: deadline) {
      case .frame(let frame):
        traffic.add(frame.header, now: 0)
        links.add(FrameReport(frame, session.view))
      case .lost(let lost): traffic.add(lost)
      case .silence, .connected: break
      case .interrupted: throw ToolError("interrupted")
      case .disconnected(let reason): throw ToolError(reason)
      }
    }
    let window = StatusWindow(try session.status(), since: before)
    try session.refresh()
    return Examination(view: session.view, window: window, traffic: traffic, links: links)
  }
}
