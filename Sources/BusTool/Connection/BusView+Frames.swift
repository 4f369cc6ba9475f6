import BusWire

extension BusView {
  /// All frames that a module has declared, observers aside, by id.
  var frames: [FrameUse] {
    let used = declared.filter { !users(of: $0) { _ in true }.isEmpty }
    return Dictionary(grouping: used, by: \.type).values.map { FrameUse($0, self) }.sorted { $0.type < $1.type }
  }

  /// The modules that declared a frame and are not just looking on.
  func users(of declaration: Declaration, where isMeant: (SchemaUser) -> Bool) -> [UInt32] {
    declaration.users.filter(isMeant).map(\.module).filter { modules[$0]?.observer != true }.sorted()
  }

  /// Modules as people name them, in the order of the alphabet.
  func moduleNames(_ ids: [UInt32]) -> [String] { ids.map(moduleName).sorted() }

  /// Modules in a sentence: `a, b and c`; `nobody` if there is none.
  func list(_ ids: [UInt32]) -> String {
    let names = moduleNames(ids)
    guard names.count > 1 else { return names.first ?? "nobody" }
    return names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }

  /// The modules that declared to send a frame, by name.
  func senders(of declaration: Declaration) -> [String] { moduleNames(users(of: declaration, where: \.sends)) }

  /// The modules that declared to listen for a frame, by name.
  func listeners(of declaration: Declaration) -> [String] { moduleNames(users(of: declaration, where: \.listens)) }
}
