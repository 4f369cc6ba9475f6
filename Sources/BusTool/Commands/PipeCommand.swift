import BusClient
import BusSystem

/// `framebus pipe`: JSON lines in and out, so that a script in any language is a module.
struct PipeCommand: Command {
  static let commonOptions = BusPlace.options
  static let name = "pipe"
  static let operands = "[FRAME...]"
  static let operandsMax = 1024
  static let summary = "Makes a module of a script: frames are lines of JSON, both ways."
  static let details = """
    It is a module, not an observer: it counts as a listener of each FRAME (a name in any case, or an id; ALL stands for
    all), and senders wait for it as for any module. Without FRAME it only sends. As modules do, it waits for a manager,
    and for the first module that declares a FRAME that nobody knows yet; lines wait on standard input until then.

    Each frame that arrives is a line on standard output, the same as with 'framebus listen --json'. Requests arrive too.
    Each line on standard input is a frame to send, or a request:

      {"frame":"TEMPERATURE","fields":{"id":1,"ambient_temperature":21.5,"object_temperature":22}}
      {"request":"BUTTON_STATE"}

    Both may have "instance" (0 to 255) and "priority" (high, normal, low, data_stream), a frame "retain" (true or false:
    whether it is kept for late listeners); without them the schema decides. Numbers are physical, enums are
    names, bytes are "0x0AFF"; a field that is left out takes its default. The lines of standard output may be sent too.
    A line that is wrong, or comes while there is no connection, is not sent: standard error says its number and what
    is wrong, and the next one follows. Standard output has frames only.

    While the bus takes nothing, nothing is read from standard input. When standard input ends, everything before is on
    its way and the module leaves, for its script is gone; with --stay it goes on listening until Ctrl-C. The exit code
    is 1 if a line was not sent.
    """
  private static let module = Option("name", value: "NAME", "Name of the module on the bus (pipe-PID).")
  private static let instance = Option<UInt8>(
    "instance", default: 0, in: 0...255, "Which of several equal devices it is; its frames carry it")
  private static let stay = Option("stay", "Go on listening when standard input ends.")
  static let options: [any ProgramOption] = [module, instance, stay]

  private let frames: [String]
  private let stays: Bool
  private let role: ClientRole

  init(_ given: GivenOptions) {
    frames = given.operands
    stays = given[Self.stay]
    let name = given[Self.module] ?? "pipe-\(BusSystem.Process.id)"
    role = ClientRole(name: name, instance: given[Self.instance], isObserver: false)
  }

  func run(_ place: BusPlace, _ console: Console) throws(ToolError) {
    let session = try BusSession(place, role)
    defer { session.stop() }
    let interruption = try session.interruptible(console)
    do throws(ToolError) {
      try session.connect(console)
    } catch  where error.mayPass {
      console.report("\(error.message); waiting for it")
    }
    var loop = PipeLoop(session, console, frames, interruption: interruption)
    try loop.run(stays: stays)
  }
}
