import BlenderProtocol
import BusClient

/// The guard process: holds the lines of the pumps and does what the module orders, until that ends.
enum GuardRole: ProgramRole {
  static let option = Option("guard", "Hold the lines of the pumps for the module that started this process.")
  static let lines = Option<PumpLines?>("lines", value: "LINES", default: nil, "sim:FILE or gpio:CHIP:LINE,…:high.") {
    try PumpLines($0)
  }
  static let limits = Option<[Duration]>("limits", values: "MS", "How long a pump may run, from pump 0 on.") {
    guard let milliseconds = Int($0), milliseconds > 0 else { throw UsageError("'\($0)' is no number of milliseconds") }
    return .milliseconds(milliseconds)
  }
  static let options: [any ProgramOption] = [lines, limits]

  /// The arguments of a guard of these lines.
  static func arguments(_ lines: PumpLines, limits: [Duration]) -> [String] {
    ["blender", "--guard", "--lines", "\(lines)"]
      + limits.flatMap { ["--limits", "\(Int64($0 / .milliseconds(1)))"] }
  }

  static func run(_ options: GivenOptions) throws {
    let parent = try ParentLink()
    guard let lines = options[lines] else { throw UsageError("say which lines to hold: --lines") }
    let held: HeldPumpLines
    do throws(SystemError) {
      held = try lines.hold()
    } catch {
      // The module reports it to a person.
      _ = parent.write(GuardReport.failed("\(error)").bytes)
      return
    }
    var core = LineGuard(limits: options[limits], lines: "\(lines)")
    while carryOut(&core, held, parent) {
      switch parent.wait(until: core.nextDeadline) {
      case .timeIsOver: core.tick(at: parent.now)
      case .bytes(let bytes): core.receive(bytes, at: parent.now)
      case .ended, .askedToEnd: core.end(at: parent.now)
      }
    }
  }

  /// - Returns: whether the guard goes on.
  private static func carryOut(
    _ core: inout LineGuard, _ held: borrowing HeldPumpLines, _ parent: borrowing ParentLink
  ) -> Bool {
    while let action = core.nextAction() {
      switch action {
      case .set(let pumps):
        do throws(SystemError) {
          try held.set(pumps)
        } catch {
          core.fail("\(error)", at: parent.now)
        }
      case .report(let report): if !parent.write(report.bytes) { core.end(at: parent.now) }
      case .end: return false
      }
    }
    return true
  }
}

/// Switches all pumps off, whoever had them on and was killed. It needs no manager.
enum PumpsOffRole: ProgramRole {
  static let option = Option("pumps-off", "Switch all pumps off, and end.")
  static let options: [any ProgramOption] =
    PumpLines.options + [Option.sim, BlenderOptions.configuration, GuardRole.lines]

  /// The arguments of a process that does it for these lines.
  static func arguments(_ lines: PumpLines) -> [String] { ["blender", "--pumps-off", "--lines", "\(lines)"] }

  static func run(_ options: GivenOptions) throws {
    let configured = try options[BlenderOptions.configuration].map { try BarConfiguration(file: $0) }
    guard let lines = options[GuardRole.lines] ?? PumpLines(options, configured ?? BarConfiguration()) else {
      throw UsageError("say which pumps: --gpio, or --sim with --sim-lines FILE; the dispenser has no way to stop it")
    }
    // Who takes the lines has them off from the first moment.
    _ = try lines.hold()
  }
}
