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

  let type: UInt16
  let name: String
  let senders: [UInt32]
  let listeners: [UInt32]
  let disagreements: [Disagreement]

  /// - Parameters:
  ///   - declarations: all versions of one frame; at least one.
  ///   - view: tells who is a module and what it is called.
  init(_ declarations: [Declaration], _ view: BusView) {
    type = declarations[0].type
    name = declarations[0].name
    senders = declarations.flatMap { view.users(of: $0, where: \.sends) }.sorted()
    listeners = declarations.flatMap { view.users(of: $0, where: \.listens) }.sorted()
    var found: [Disagreement] = []
    for (index, one) in declarations.enumerated() {
      for other in declarations[(index + 1)...] {
        // The two are told once, even if frames go both ways.
        if let told = Self.compare(one, other, view) ?? Self.compare(other, one, view) { found.append(told) }
      }
    }
    disagreements = found
  }

  /// The listeners that can hear someone: a sender that listens for requests of its own frame does not hear itself.
  func hearers(of senders: [UInt32]) -> [UInt32] { listeners.filter { $0 != senders.first || senders.count > 1 } }

  private static func compare(_ here: Declaration, _ there: Declaration, _ view: BusView) -> Disagreement? {
    let listeners = view.users(of: here, where: \.listens)
    let senders = view.users(of: there, where: \.sends)
    guard !listeners.isEmpty, !senders.isEmpty else { return nil }
    let name = senders.count == 1 ? view.moduleName(senders[0]) : "the senders"
    guard let difference = FieldList.difference(here.list, there.list, thereName: name) else { return nil }
    return Disagreement(listeners: listeners, senders: senders, difference: Printable.text(difference))
  }
}
