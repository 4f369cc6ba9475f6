import BusClient

/// Who is on a bus and what they exchange, with numbers.
struct ListReport {
  let view: BusView
  let window: StatusWindow
  let frames: [FrameUse]
  /// The types of frames that pass and nobody has declared.
  let undeclared: [UInt16]

  init(_ view: BusView, _ window: StatusWindow) {
    self.view = view
    self.window = window
    frames = view.frames
    let declared = Set(frames.map(\.type))
    undeclared = window.typesSeen.filter { !declared.contains($0) }
  }

  func text(_ console: Console) -> String {
    let modules = view.connected.isEmpty ? "No module is connected.\n" : modulesText(console)
    let hasFrames = !frames.isEmpty || !undeclared.isEmpty
    return modules + "\n" + (hasFrames ? framesText(console) : "No frame is declared.\n") + disagreements(console)
  }

  private func modulesText(_ console: Console) -> String {
    var table = Table(
      .right("ID"), .left("MODULE"), .right("PID"), .left("STATE"), .right("IN/s"), .right("OUT/s"), .right("WAITING"),
      .right("MOST"), .right("HELD"), .right("LOST"))
    for module in view.connected {
      let id = module.module
      let counters = window.counters(of: id)
      table.add(
        "\(id)", Clipped.text(view.moduleName(id), Self.nameMax), module.pid == 0 ? "-" : "\(module.pid)",
        Self.stateText(state(of: module), module), rate(window.growth(of: \.framesIn, in: id)),
        rate(window.growth(of: \.framesOut, in: id)), Compact.bytes(counters?.waitingBytes ?? 0),
        Compact.bytes(counters?.waitingBytesMark ?? 0), Compact.seconds(Double(counters?.heldMilliseconds ?? 0) / 1000),
        Compact.text(counters?.lost ?? 0))
    }
    return table.text(console)
  }

  private static func stateText(_ state: String, _ module: ModuleStatus) -> String {
    guard module.observer else { return state }
    return state == "connected" ? "observer" : "\(state), observer"
  }

  /// Longer names are cut, so that the tables fit 100 columns.
  private static let nameMax = 20
  private static let namesMax = 28

  private func framesText(_ console: Console) -> String {
    var table = Table(.right("ID"), .left("FRAME"), .right("FRAMES/s"), .left("SENT BY"), .left("HEARD BY"))
    for frame in frames {
      table.add(
        "\(frame.type)", Clipped.text(frame.name, Self.nameMax) + (frame.disagreements.isEmpty ? "" : " !"),
        rate(window.passed(of: frame.type).frames), names(frame.senders), names(frame.listeners))
    }
    for type in undeclared {
      let name = view.declaration(of: type, from: 0)?.name
      table.add(
        "\(type)", name.map { Clipped.text($0, Self.nameMax) } ?? "-", rate(window.passed(of: type).frames),
        "(not declared)", "(not declared)")
    }
    return table.text(console)
  }

  private func disagreements(_ console: Console) -> String {
    let lines = frames.flatMap { frame in
      frame.disagreements.map { disagreement in
        let listeners = Clipped.list(view.moduleNames(disagreement.listeners), Self.namesMax)
        let senders = Clipped.list(view.moduleNames(disagreement.senders), Self.namesMax)
        let mark = console.styled("! \(frame.name)", .error)
        return "\(mark): \(listeners) (here) and \(senders) disagree: \(disagreement.difference)\n"
      }
    }
    return lines.isEmpty ? "" : "\n" + lines.joined()
  }

  private func names(_ ids: [UInt32]) -> String {
    ids.isEmpty ? "-" : Clipped.list(view.moduleNames(ids), Self.namesMax)
  }

  private func rate(_ amount: UInt64) -> String { window.perSecond(amount).map(Compact.text) ?? "-" }

  /// The counters know it last; a module that came after them is known by its status only.
  func state(of module: ModuleStatus) -> String {
    let state = window.counters(of: module.module)?.state ?? module.state
    return state == .joined ? "connected" : state.description.lowercased()
  }
}
