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

extension BusView {
  /// The declarations of all frames whose names are like this, with `*` for any letters; those of modules only.
  private func declarations(like pattern: String) throws(ToolError) -> [Declaration] {
    let parts = pattern.lowercased().split(separator: "*", omittingEmptySubsequences: false)
    let found = declared.filter { Self.isLike($0.name.lowercased()[...], parts[...]) }
    guard found.isEmpty else { return found }
    throw ToolError(.failure, "no module on the bus has declared a frame like '\(pattern)'", mayPass: true)
  }

  private static func isLike(_ name: Substring, _ parts: ArraySlice<Substring>) -> Bool {
    guard let first = parts.first, name.hasPrefix(first) else { return false }
    let rest = name.dropFirst(first.count)
    if parts.count == 1 { return rest.isEmpty }
    return rest.indices.contains { isLike(rest[$0...], parts.dropFirst()) }
      || isLike(rest[rest.endIndex...], parts.dropFirst())
  }
}

extension ModuleStatus {
  /// Whether the module has neither left nor been lost.
  var isConnected: Bool { state != .left && state != .lost }
}

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

extension BusView {
  /// What to listen for, for the frames that a person named; none or ALL stands for all.
  ///
  /// - Throws: `ToolError` with advice if a name is not known.
  func subscriptions(_ frames: [String], instance: UInt8?) throws(ToolError) -> [Subscription] {
    if frames.isEmpty || frames.contains(where: { $0.lowercased() == "all" }) {
      return [Subscription(.all, instance: instance)]
    }
    var types: Set<UInt16> = []
    for frame in frames {
      // An id needs no declaration: its sender may come later.
      if let id = UInt16(frame), (1..<FrameType.firstBusID).contains(id) {
        types.insert(id)
      } else if frame.contains("*") {
        types.formUnion(try declarations(like: frame).map(\.type))
      } else {
        types.formUnion(try declarations(named: frame).map(\.type))
      }
    }
    return types.sorted().map { Subscription(FrameType(id: $0), instance: instance) }
  }
}
