import YAMLText

/// Checks that no struct contains itself, and that structs are not nested too deep.
struct NestingCheck {
  private let structs: [String: StructDeclaration]
  private let order: [String]
  private var depths: [String: Int] = [:]
  private(set) var diagnostics: [Diagnostic] = []

  init(_ declarations: Declarations) {
    structs = Dictionary(declarations.structs.map { ($0.name.value, $0) }) { first, _ in first }
    order = declarations.structs.map(\.name.value)
  }

  mutating func check() {
    for name in order { _ = depth(of: name, within: []) }
  }

  /// How deep structs are nested in this one, itself included.
  private mutating func depth(of name: String, within path: [String]) -> Int {
    if let known = depths[name] { return known }
    guard let declaration = structs[name] else { return 0 }
    let path = path + [name]
    var deepest = 0
    for type in declaration.fields.compactMap(\.type) where structs[type.value.name] != nil {
      if let start = path.firstIndex(of: type.value.name) {
        let cycle = (path[start...] + [type.value.name]).joined(separator: " -> ")
        report(type.position, "a struct cannot contain itself: \(cycle); use an id or a field of another frame")
      } else {
        deepest = max(deepest, depth(of: type.value.name, within: path))
      }
    }
    depths[name] = deepest + 1
    if deepest + 1 == Limits.structDepthMax + 1 {
      report(
        declaration.name.position, "structs are nested more than \(Limits.structDepthMax) deep; flatten them")
    }
    return deepest + 1
  }

  private mutating func report(_ position: Position, _ message: String) {
    diagnostics.append(Diagnostic(position, message))
  }
}
