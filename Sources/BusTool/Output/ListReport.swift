import BusClient
import BusSystem

/// Who is on a bus and what they exchange, with numbers.
struct ListReport {
  let view: BusView
  let window: StatusWindow
  private let subject: Subject
  let modules: [ModuleStatus]
  let frames: [FrameUse]
  /// The types of frames that pass and nobody has declared.
  let undeclared: [UInt16]

  /// - Parameter subject: what the report is about; of the rest only what has to do with it is in it.
  init(_ view: BusView, _ window: StatusWindow, _ subject: Subject) {
    self.view = view
    self.window = window
    self.subject = subject
    let all = view.frames
    let declared = Set(all.map(\.type))
    let undeclared = window.typesSeen.filter { !declared.contains($0) }
    switch subject {
    case .bus: (modules, frames, self.undeclared) = (view.connected, all, undeclared)
    case .module(let id):
      modules = view.connected.filter { $0.module == id }
      frames = all.filter { $0.users.contains(id) }
      self.undeclared = []
    case .frame(let type, _):
      frames = all.filter { $0.type == type }
      let users = Set(frames.flatMap(\.users))
      modules = view.connected.filter { users.contains($0.module) }
      self.undeclared = undeclared.filter { $0 == type }
    }
  }

  func text(_ console: Console) -> String {
    let top = modules.isEmpty ? "No module is connected.\n" : modulesText(console)
    let hasFrames = !frames.isEmpty || !undeclared.isEmpty
    return top + "\n" + (hasFrames ? framesText(console) : "No frame is declared.\n") + properties + conflicts(console)
  }

  private func modulesText(_ console: Console) -> String {
    var table = Table(
      .right("ID"), .left("MODULE", .clipped), .right("PID", .omitted), .left("USER", .omitted), .left("STATE"),
      .right("IN/s"), .right("OUT/s"),
      .right("WAITING"), .right("MOST", .omitted), .right("HELD", .omitted), .right("LOST"))
    for module in modules {
      let id = module.module
      let counters = window.counters(of: id)
      table.add(
        "\(id)", .text(view.moduleName(id)), module.pid == 0 ? "-" : "\(module.pid)",
        .text(module.knownUser.map { BusSystem.Process.userName(of: $0) ?? "\($0)" } ?? "-"),
        .text(Self.stateText(state(of: module), module)), .text(rate(window.growth(of: \.framesIn, in: id))),
        .text(rate(window.growth(of: \.framesOut, in: id))), .text(Compact.bytes(counters?.waitingBytes ?? 0)),
        .text(Compact.bytes(counters?.waitingBytesMark ?? 0)),
        .text(Compact.seconds(Double(counters?.heldMilliseconds ?? 0) / 1000)), .text(Compact.text(counters?.lost ?? 0))
      )
    }
    return table.text(console)
  }

  private static func stateText(_ state: String, _ module: ModuleStatus) -> String {
    guard module.observer else { return state }
    return state == "connected" ? "observer" : "\(state), observer"
  }

  private func framesText(_ console: Console) -> String {
    var table = Table(
      .right("ID"), .left("FRAME", .clipped), .right("FRAMES/s"), .left("SENDERS", .clipped),
      .left("LISTENERS", .clipped))
    for frame in frames {
      let mark = frame.isClash || !frame.disagreements.isEmpty ? "! " : ""
      table.add(
        "\(frame.type)", .text(mark + frame.name), .text(rate(window.passed(of: frame.type).frames)),
        .names(view.moduleNames(frame.senders)), .names(view.moduleNames(frame.listeners)))
    }
    for type in undeclared {
      let name = view.declaration(of: type, from: 0)?.name
      table.add(
        "\(type)", .text(name ?? "-"), .text(rate(window.passed(of: type).frames)), "(not declared)",
        "(not declared)")
    }
    return table.text(console)
  }

  /// What the schema says of the only frame.
  private var properties: String {
    guard case .frame(let type, let name) = subject, let declaration = view.declaration(of: type, from: 0) else {
      return ""
    }
    return "\n\(name): \(PropertyReport(declaration.properties, view).text)\n"
  }

  private func conflicts(_ console: Console) -> String {
    let lines = frames.flatMap { frame in
      let clash = frame.isClash ? [clash(frame, console)] : []
      return clash
        + frame.disagreements.map { disagreement in
          let (listeners, senders) = (view.list(disagreement.listeners), view.list(disagreement.senders))
          let mark = console.styled("! \(frame.name)", .error)
          return "\(mark): \(listeners) (here) and \(senders) disagree: \(disagreement.difference)\n"
        }
    }
    return lines.isEmpty ? "" : "\n" + lines.joined()
  }

  private func clash(_ frame: FrameUse, _ console: Console) -> String {
    let uses = frame.names.map { "\($0.name) in \(view.list($0.modules))" }.joined(separator: ", ")
    return console.styled("! \(frame.type)", .error)
      + " is the id of several frames: \(uses); each needs an id of its own\n"
  }

  private func rate(_ amount: UInt64) -> String { window.perSecond(amount).map(Compact.text) ?? "-" }

  /// The counters know it last; a module that came after them is known by its status only.
  func state(of module: ModuleStatus) -> String {
    let state = window.counters(of: module.module)?.state ?? module.state
    return state == .joined ? "connected" : state.description.lowercased()
  }
}
