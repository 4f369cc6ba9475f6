import BusWire

extension Broker {
  /// Compares a module's new field list with those of the others, and reports to both sides where two do not fit.
  mutating func compare(_ type: UInt16, of id: SessionID) {
    guard let use = modules[id]?.declarations[type] else { return }
    for other in sessions.ids where other != id {
      guard let otherUse = modules[other]?.declarations[type], otherUse.declaration != use.declaration else { continue }
      guard (use.sends && otherUse.listens) || (use.listens && otherUse.sends) else { continue }
      compare(use, of: id, with: otherUse, of: other)
    }
  }

  private mutating func compare(_ use: DeclaredUse, of id: SessionID, with otherUse: DeclaredUse, of other: SessionID) {
    guard let here = registry.declarations[use.declaration], let there = registry.declarations[otherUse.declaration],
      let hereName = modules[id]?.key.description, let thereName = modules[other]?.key.description,
      let difference = FieldList.difference(here.fields, there.fields, thereName: thereName)
    else { return }
    let seenHere = Mismatched(source: sessions[other].source, declaration: otherUse.declaration)
    let seenThere = Mismatched(source: sessions[id].source, declaration: use.declaration)
    guard modules[id]?.mismatches.insert(seenHere).inserted == true else { return }
    modules[other]?.mismatches.insert(seenThere)
    report(to: id, of: other, thereName, here, there, difference)
    report(
      to: other, of: id, hereName, there, here,
      FieldList.difference(there.fields, here.fields, thereName: hereName) ?? difference)
    if let first = identity(of: id), let second = identity(of: other) {
      events.append(.mismatch(first, second, frame: here.name, difference: difference))
    }
  }

  private mutating func report(
    to id: SessionID, of other: SessionID, _ otherName: String, _ here: DeclarationRegistry.Declaration,
    _ there: DeclarationRegistry.Declaration, _ difference: String
  ) {
    enqueue(
      Mismatch(
        type: here.type, name: here.name, module: sessions[other].source, moduleName: otherName,
        fieldsHere: here.fields, fieldsThere: there.fields, difference: difference),
      to: id)
  }
}
