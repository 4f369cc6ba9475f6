import BusClient

/// `framebus schema`: the fields of frames.
struct SchemaCommand: Command {
  static let name = "schema"
  static let operands = "[FRAME]"
  static let operandsMax = 1
  static let summary = "Shows the fields of a frame: types, units, ranges, names, what they mean."
  static let details = """
    FRAME is a name in any case, or an id. Without it all frames are shown that a connected module has declared. Ranges
    and defaults are physical: in the unit of the field. If modules disagree about a frame, each version is shown.

    Without a manager it shows what this build knows.

    With --json each frame is an object on a line of its own. There 'min', 'max' and 'default' are stored numbers, and
    'scale' makes physical ones of them.
    """
  static let commonOptions = BusPlace.options
  private static let all = Option("all", "Show the frames that this build knows too.")
  private static let json = Option("json", "Write a JSON object per frame.")
  static let options: [any ProgramOption] = [all, json]

  private let frame: String?
  private let isJSON: Bool
  private let wantsAll: Bool

  init(_ given: GivenOptions) {
    frame = given.operands.first
    isJSON = given[Self.json]
    wantsAll = given[Self.all]
  }

  func run(_ place: BusPlace, _ console: Console) throws(ToolError) {
    let session = try BusSession(place, .observer)
    defer { session.stop() }
    do throws(ToolError) {
      try session.connect(console)
    } catch  where !place.waits && isKnownHere {
      console.report("\(error.message); this is what this build knows")
    }
    let declarations = try session.find(console) { () throws(ToolError) -> [Declaration] in
      try self.declarations(session.view)
    }
    let view = session.view
    if declarations.isEmpty {
      console.report("no connected module has declared a frame; --all shows those that this build knows")
    }
    for (index, declaration) in declarations.enumerated() {
      let report = SchemaReport(declaration, view)
      if !isJSON, index > 0 { try console.print("\n") }
      try console.print(isJSON ? report.json.line + "\n" : report.text(console))
    }
  }

  /// Whether there is something to show without a manager.
  private var isKnownHere: Bool { frame.map { (try? BusView().declarations(named: $0)) != nil } ?? wantsAll }

  private func declarations(_ view: BusView) throws(ToolError) -> [Declaration] {
    if let frame { return try view.declarations(named: frame) }
    guard wantsAll else { return view.declared }
    let known = Declaration.builtIn.filter { builtIn in !view.declared.contains { $0.type == builtIn.type } }
    return (view.declared + known).sorted { $0.type < $1.type }
  }
}
