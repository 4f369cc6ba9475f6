import BusClient

/// `framebus send`: a frame with fields from the command line.
struct SendCommand: Command {
  static let name = "send"
  static let operands = "FRAME [FIELD=VALUE...]"
  static let operandsMax = 1024
  static let summary = "Sends a frame."
  static let details = """
    FRAME is a name in any case, or an id, that a module on the bus has declared or that this build knows.

    Numbers are physical, in the unit of the field, and rounded to its steps: ambient_temperature=21.5. Enums are given
    by name. Other values are flag=true, text='two words', data=0xAABB, list=[1,2,3], pump={pump:1,ratio:0.5}; arrays
    and structures may be written as JSON. A field that is left out takes its default.
    'framebus schema FRAME' shows the fields.
    """
  static let options: [CommandOptions.Option] = [
    .init("instance", value: "N", "Which of several equal devices it is for, 0 to 255 (0)."),
    .init("priority", value: "PRIORITY", "high, normal, low or data_stream (that of the schema)."),
  ]

  private let frame: String
  private let assignments: [Assignment]
  private let instance: UInt8
  private let priority: Priority?

  init(_ given: CommandOptions) throws(CommandOptions.UsageError) {
    guard let frame = given.operands.first else { throw CommandOptions.UsageError("no frame given") }
    self.frame = frame
    var assignments: [Assignment] = []
    for text in given.operands.dropFirst() {
      let assignment = try Assignment(text)
      guard !assignments.contains(where: { $0.field == assignment.field }) else {
        throw CommandOptions.UsageError("field '\(assignment.field)' is given twice")
      }
      assignments.append(assignment)
    }
    self.assignments = assignments
    instance = try given.instance() ?? 0
    priority = try given.value("priority").map { name throws(CommandOptions.UsageError) in
      guard let priority = Priority(text: name) else {
        throw CommandOptions.UsageError("--priority: '\(name)' is none of high, normal, low, data_stream")
      }
      return priority
    }
  }

  func run(on session: BusSession, _ console: Console) throws(ToolError) {
    let declaration = try session.view.declarationToSend(frame, console)
    let payload = try Assignment.payload(assignments, declaration.parsed(), of: declaration.name)
    session.bus.declare(
      id: declaration.type, name: declaration.name, fields: declaration.list, sends: true, listens: false)
    try session.run { () throws(BusError) in
      try session.bus.send(
        payload: payload, type: declaration.type, flags: declaration.flags(priority), instance: instance)
      try session.bus.barrier()
    }
    if session.view.listeners(of: declaration).isEmpty {
      console.note("warning: no module has declared that it listens for \(declaration.name)")
    }
  }
}
