import BusClient

/// What is known of a bus: its modules, and the schemas that they declared.
struct BusView {
  /// Everyone who was seen, by id; those who left too, because their last frames may still be on their way.
  private(set) var modules: [UInt32: ModuleStatus] = [:]
  /// What modules declared, by frame id.
  private(set) var declared: [Declaration] = []
  private var declaredByType: [UInt16: [Declaration]] = [:]

  /// A few thousand, so that a tool that runs for months does not grow.
  private static let modulesMax = 4096

  mutating func update(_ status: ModuleStatus) {
    if modules.count >= Self.modulesMax { modules = modules.filter { $0.value.isConnected } }
    modules[status.module] = status
  }

  mutating func replaceSchemas(_ schemas: [Schema]) {
    declared = schemas.map { Declaration($0) }.sorted { $0.type < $1.type }
    declaredByType = Dictionary(grouping: declared, by: \.type)
  }

  /// The modules that are connected, by id.
  var connected: [ModuleStatus] {
    modules.values.filter(\.isConnected).sorted { $0.module < $1.module }
  }

  /// A module as people name it: `blender`, `blender/1`, or `module 7` if it was never seen.
  func moduleName(_ id: UInt32) -> String {
    guard let module = modules[id] else { return "module \(id)" }
    return Printable.text(module.instance == 0 ? module.name : "\(module.name)/\(module.instance)")
  }

  /// How a module means a frame: by its own declaration, else by anyone's, else as this build knows it.
  func declaration(of type: UInt16, from source: UInt32) -> Declaration? {
    let all = declaredByType[type] ?? []
    return all.first { $0.isUsed(by: source) } ?? all.first ?? Declaration.builtIn.first { $0.type == type }
  }

  /// Whether a module has declared a frame.
  func hasDeclaration(of type: UInt16, from source: UInt32) -> Bool {
    declaredByType[type]?.contains { $0.isUsed(by: source) } ?? false
  }

  /// The declarations of a frame that a person named, by id or in any case; those of this build if nobody declared it.
  func declarations(named text: String) throws(ToolError) -> [Declaration] {
    let id = text.hasPrefix("0x") ? UInt16(text.dropFirst(2), radix: 16) : UInt16(text)
    let isMeant = { (declaration: Declaration) in
      declaration.type == id || declaration.name.lowercased() == text.lowercased()
    }
    let found = declared.filter(isMeant)
    if !found.isEmpty { return found }
    let known = Declaration.builtIn.filter(isMeant)
    guard known.isEmpty else { return known }
    let names = Set((declared + Declaration.builtIn).map(\.name))
    let advice = Nearest.advice(for: text, among: names.sorted())
    throw ToolError(
      .failure, "no module on the bus has declared a frame '\(text)'; \(advice)'framebus list' shows what is there",
      mayPass: true)
  }
}

extension ModuleStatus {
  /// Whether the module has neither left nor been lost.
  var isConnected: Bool { state != .left && state != .lost }
}
