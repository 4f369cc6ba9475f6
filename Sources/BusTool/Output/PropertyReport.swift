import BusWire
import JSONValue

/// How a frame is sent and kept, and what comes of it.
struct PropertyReport {
  private let properties: FrameProperties
  private let view: BusView

  init(_ properties: FrameProperties, _ view: BusView) {
    self.properties = properties
    self.view = view
  }

  /// The parts of a job that there are, with their frames.
  private var job: [(part: String, frames: [UInt16])] {
    guard let job = properties.job else { return [] }
    let parts = [
      ("accepted", job.accepted.map { [$0] } ?? []), ("progress", job.progress), ("outcome", [job.outcome]),
      ("cancel", job.cancel.map { [$0] } ?? []),
    ]
    return parts.filter { !$0.1.isEmpty }
  }

  private func name(of type: UInt16) -> String { view.declaration(of: type, from: 0)?.name ?? "\(type)" }

  /// For a person: `priority high; the last 64 are kept; job: outcome CANDY_OUTCOME, cancel CANDY_CANCEL`.
  var text: String {
    var facts = ["priority \(properties.priority.text)"]
    switch properties.retain {
    case 0: break
    case 1: facts.append("the last value is kept")
    case let depth: facts.append("the last \(depth) values are kept")
    }
    let parts = job.map { "\($0.part) \($0.frames.map(name).joined(separator: " "))" }
    if !parts.isEmpty { facts.append("job: " + parts.joined(separator: ", ")) }
    return facts.joined(separator: "; ")
  }

  var members: [JSON.Member] {
    let parts = job.map { part in JSON.Member(part.part, .array(part.frames.map { .text(name(of: $0)) })) }
    return [
      .init("priority", .text(properties.priority.text)), .init("retain", .integer(properties.retain)),
      .init("job", parts.isEmpty ? .null : .object(parts)),
    ]
  }
}
