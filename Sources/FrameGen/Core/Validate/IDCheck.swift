import YAMLText

/// Checks that every frame has an id of its own, from the range that is its package's to give.
struct IDCheck {
  /// Whether the schema is the bus's own.
  let isBus: Bool
  private(set) var diagnostics: [Diagnostic] = []

  init(isBus: Bool) {
    self.isBus = isBus
  }

  mutating func check(_ frames: [FrameDeclaration]) {
    var seen: [Int128: FrameDeclaration] = [:]
    for frame in frames {
      guard let id = frame.id else { continue }
      if let problem = problem(with: id.value) {
        diagnostics.append(Diagnostic(id.position, problem))
      } else if let other = seen[id.value] {
        let place = "already the id of \(other.name.value) in line \(other.name.position.line)"
        diagnostics.append(
          Diagnostic(id.position, "duplicate id \(id.value), \(place); take one that no frame has or had"))
      } else {
        seen[id.value] = frame
      }
    }
  }

  private func problem(with id: Int128) -> String? {
    switch id {
    case 0xFF00...0xFFFF:
      isBus ? nil : "id \(id) belongs to the bus, which owns 65280 (0xFF00) and up; use 1 to 65279"
    case 0:
      "id 0 stands for all frames; use \(range)"
    case 1..<0xFF00:
      isBus ? "id \(id) belongs to modules; the bus uses \(range)" : nil
    default:
      "id \(id) does not fit into 16 bits; use \(range)"
    }
  }

  private var range: String { isBus ? "65280 (0xFF00) to 65535" : "1 to 65279" }
}
