import BusSchema

/// What a person asks about: the bus, or a part of it by name.
enum Subject: Equatable {
  case bus
  case module(UInt32)
  case frame(UInt16, name: String)

  /// The meaning of a word; a module before a frame. Nil is the whole bus.
  ///
  /// - Throws: `ToolError` with advice if neither is known.
  init(_ text: String?, _ view: BusView) throws(ToolError) {
    guard let text else {
      self = .bus
      return
    }
    if let module = view.connected.first(where: { [$0.name, view.moduleName($0.module)].contains(text) }) {
      self = .module(module.module)
      return
    }
    do throws(ToolError) {
      let declaration = try view.declarations(named: text)[0]
      self = .frame(declaration.type, name: declaration.name)
    } catch {
      let names = view.connected.map { view.moduleName($0.module) }
      let advice = Nearest.match(for: text, among: names).map { "; did you mean the module '\($0)'?" } ?? ""
      throw ToolError(
        .failure, "no module '\(text)' is connected, and \(error.message)\(advice)", mayPass: error.mayPass)
    }
  }
}
