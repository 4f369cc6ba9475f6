import BusWire

/// A frame as the modules on a bus use it, with every version of its schema.
struct FrameUse {
  /// Two versions of a schema between which frames cannot be understood.
  struct Disagreement: Equatable {
    /// Who listens with the one.
    let listeners: [UInt32]
    /// Who sends with the other.
    let senders: [UInt32]
    /// In what they differ, as the listeners see it.
    let difference: String
  }

  /// A name that modules use for the id.
  struct NamedUse: Equatable {
    let name: String
    let modules: [UInt32]
  }

  let type: UInt16
  /// The first of its names, in the order of the alphabet.
  let name: String
  /// All of its names: more than one if modules use one id for different frames.
  let names: [NamedUse]
  let senders: [UInt32]
  let listeners: [UInt32]
  let disagreements: [Disagreement]

  /// - Parameters:
  ///   - declarations: all versions of one frame; at least one.
  ///   - view: knows which clients are modules, and their names.
  init(_ declarations: [Declaration], _ view: BusView) {
    type = declarations[0].type
    name = declarations.map(\.name).min() ?? ""
    senders = declarations.flatMap { view.users(of: $0, where: \.sends) }.sorted()
    listeners = declarations.flatMap { view.users(of: $0, where: \.listens) }.sorted()
    names = Dictionary(grouping: declarations, by: \.name).map { name, declarations in
      NamedUse(name: name, modules: declarations.flatMap { view.users(of: $0) { _ in true } }.sorted())
    }.sorted { $0.name < $1.name }
    var found: [Disagreement] = []
    for (index, one) in declarations.enumerated() {
      for other in declarations[(index + 1)...] where other.name == one.name {
        // One of the two is enough, even if frames go both ways.
        if let difference = Self.compare(one, other, view) ?? Self.compare(other, one, view) {
          found.append(difference)
        }
      }
    }
    disagreements = found
  }

  /// Everyone who sends it or listens for it.
  var users: [UInt32] { senders + listeners }

  /// Whether modules use the id for different frames.
  var isClash: Bool { names.count > 1 }

  /// The listeners that can get it from someone: a sender that listens for requests of its own frame gets none of its own.
  func receivers(of senders: [UInt32]) -> [UInt32] { listeners.filter { $0 != senders.first || senders.count > 1 } }

  private static func compare(_ here: Declaration, _ there: Declaration, _ view: BusView) -> Disagreement? {
    let listeners = view.users(of: here, where: \.listens)
    let senders = view.users(of: there, where: \.sends)
    guard !listeners.isEmpty, !senders.isEmpty else { return nil }
    let name = senders.count == 1 ? view.moduleName(senders[0]) : "the senders"
    guard let difference = FieldList.difference(here.list, there.list, thereName: name) else { return nil }
    return Disagreement(listeners: listeners, senders: senders, difference: Printable.text(difference))
  }
}
