import YAMLText

/// Checks that every frame has an id of its own, from the ranges of its file.
struct IDCheck {
  /// The ids that a schema can have at all: the bus's own ids, or those of modules.
  private let all: ClosedRange<Int128>
  /// What a file has that names no range.
  private let byDefault: ClosedRange<Int128>
  /// The ranges that files name.
  private var claimed: [Located<ClosedRange<Int128>>] = []
  private var seen: [Int128: FrameDeclaration] = [:]
  private(set) var diagnostics: [Diagnostic] = []

  /// - Parameters:
  ///   - isBus: whether the schema is the bus's own.
  ///   - byDefault: the ids of a file that names no range.
  init(isBus: Bool, byDefault: ClosedRange<UInt16>) {
    all = isBus ? 0xFF00...0xFFFF : 1...0xFEFF
    self.byDefault = isBus ? all : Int128(byDefault.lowerBound)...Int128(byDefault.upperBound)
  }

  mutating func check(_ files: [SchemaFile]) {
    for file in files {
      for range in file.ids ?? [] { claim(range) }
    }
    for file in files {
      for frame in file.declarations.frames { check(frame, in: file) }
    }
  }

  private mutating func claim(_ range: Located<ClosedRange<Int128>>) {
    if !all.contains(range.value.lowerBound) || !all.contains(range.value.upperBound) {
      report(range.position, "ids \(range.value.text) are not all available; use \(text(of: all))")
    } else if let other = claimed.first(where: { $0.value.overlaps(range.value) }) {
      let place = other.position.text(seenFrom: range.position)
      report(range.position, "ids \(range.value.text) overlap with \(other.value.text) \(place); choose free ones")
    } else {
      claimed.append(range)
    }
  }

  private mutating func check(_ frame: FrameDeclaration, in file: SchemaFile) {
    guard let id = frame.id else { return }
    if let problem = problem(with: id.value) ?? problem(with: id, in: file) {
      report(id.position, problem)
    } else if let other = seen[id.value] {
      let place = "already the id of \(other.name.value) \(other.name.position.text(seenFrom: id.position))"
      report(id.position, "duplicate id \(id.value), \(place); take one that no frame has or had")
    } else {
      seen[id.value] = frame
    }
  }

  /// Why no file of this schema may have the id.
  private func problem(with id: Int128) -> String? {
    if all.contains(id) { return nil }
    return switch id {
    case 0: "id 0 means all frames; use \(text(of: byDefault))"
    case 0xFF00...0xFFFF:
      "id \(id) belongs to the bus, which owns 65280 (0xFF00) and up; use \(text(of: byDefault))"
    case 1..<0xFF00: "id \(id) belongs to modules; the bus uses \(text(of: byDefault))"
    default: "id \(id) does not fit into 16 bits; use \(text(of: byDefault))"
    }
  }

  /// Why this file may not have the id.
  private func problem(with id: Located<Int128>, in file: SchemaFile) -> String? {
    let own = file.ids?.map(\.value) ?? [byDefault]
    // Ranges that cannot be read have been reported and say nothing about ids.
    if own.isEmpty { return nil }
    let advice = "use one of \(own.map(\.text).joined(separator: ", "))"
    if let owner = claimed.first(where: { $0.value.contains(id.value) }), owner.position.file != file.path {
      return "id \(id.value) is one of \(owner.value.text), the ids of \(owner.position.file); \(advice)"
    }
    if own.contains(where: { $0.contains(id.value) }) { return nil }
    if file.ids != nil { return "id \(id.value) is not one of this file's ids; \(advice), or add it to 'ids'" }
    return "ids below \(byDefault.lowerBound) are Framebus's own; \(advice)"
  }

  private func text(of range: ClosedRange<Int128>) -> String {
    range.lowerBound == 0xFF00 ? "65280 (0xFF00) to 65535" : "\(range.lowerBound) to \(range.upperBound)"
  }

  private mutating func report(_ position: Position, _ message: String) {
    diagnostics.append(Diagnostic(position, message))
  }
}

extension ClosedRange<Int128> {
  /// The range as a schema writes it.
  fileprivate var text: String { lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound)-\(upperBound)" }
}
