import BusClient

/// `framebus list`: who is on the bus, and which frames they exchange.
struct ListCommand: Command {
  static let name = "list"
  static let operands = ""
  static let operandsMax = 0
  static let summary = "Shows the modules and the frames that they send and hear."
  static let details = """
    A frame is in the list if a connected module has declared it. Observers are tools like this one.
    With --json it is one object with the members 'modules' and 'frames'.
    """
  static let options: [CommandOptions.Option] = [.init("json", "Write JSON.")]

  private let isJSON: Bool

  init(_ given: CommandOptions) {
    isJSON = given.has("json")
  }

  func run(on session: BusSession, _ console: Console) throws(ToolError) {
    try console.print(isJSON ? json(session.view).line + "\n" : text(session.view, console))
  }

  private func text(_ view: BusView, _ console: Console) -> String {
    var modules = Table("ID", "MODULE", "PID", "STATE")
    for module in view.connected {
      let state = Self.state(of: module) + (module.observer ? ", observer" : "")
      modules.add("\(module.module)", view.moduleName(module.module), module.pid == 0 ? "-" : "\(module.pid)", state)
    }
    var frames = Table("ID", "FRAME", "SENT BY", "HEARD BY")
    for declaration in view.declared {
      frames.add(
        "\(declaration.type)", declaration.name, Self.list(view.senders(of: declaration)),
        Self.list(view.listeners(of: declaration)))
    }
    let modulesText = view.connected.isEmpty ? "No module is connected.\n" : modules.text(console)
    return modulesText + "\n" + (view.declared.isEmpty ? "No frame is declared.\n" : frames.text(console))
  }

  private static func state(of module: ModuleStatus) -> String {
    module.state == .joined ? "connected" : module.state.description.lowercased()
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "-" : names.joined(separator: ", ")
  }

  private func json(_ view: BusView) -> JSON {
    let modules = view.connected.map { module in
      JSON.object([
        .init("id", .integer(module.module)), .init("name", .text(module.name)),
        .init("instance", .integer(module.instance)), .init("pid", .integer(module.pid)),
        .init("state", .text(Self.state(of: module))), .init("observer", .bool(module.observer)),
      ])
    }
    let frames = view.declared.map { declaration in
      JSON.object([
        .init("id", .integer(declaration.type)), .init("name", .text(declaration.name)),
        .init("senders", .array(view.senders(of: declaration).map { .text($0) })),
        .init("listeners", .array(view.listeners(of: declaration).map { .text($0) })),
      ])
    }
    return .object([.init("modules", .array(modules)), .init("frames", .array(frames))])
  }
}

extension BusView {
  /// The modules that declared to send a frame, by name.
  func senders(of declaration: Declaration) -> [String] { names(of: declaration.users, where: \.sends) }

  /// The modules that declared to listen for a frame, by name.
  func listeners(of declaration: Declaration) -> [String] { names(of: declaration.users, where: \.listens) }
}
