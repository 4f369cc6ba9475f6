import BusClient

/// What came to a session: what the bus reports about itself, as it is known now, and what no command has seen yet.
struct SessionNews {
  private struct Question: Hashable {
    let type: UInt16
    let source: UInt32
  }

  /// A few thousand, so that a tool that runs for months does not grow.
  private static let questionsMax = 4096

  /// Who is on the bus, and what they declared.
  private(set) var view = BusView()
  /// How often a module has joined, or this tool found one on the bus.
  private(set) var joinCount = 0
  /// Frames that arrived while something else was waited for.
  private var frames: ArraySlice<Frame> = []
  /// What the manager dropped instead of sending it here.
  private var losses: ArraySlice<Lost> = []
  /// The schemas that came since they were last asked for.
  private var schemas: [Schema] = []
  /// The manager's counters, as they came since they were last asked for.
  private(set) var counters: BusStatus?
  /// The frames whose schemas were asked for already: an undeclared one is asked for once.
  private var asked: Set<Question> = []

  /// Learns what a frame says about the bus.
  ///
  /// - Returns: false if it is no frame of the bus's own.
  mutating func learn(_ frame: Frame) -> Bool {
    guard frame.type.isBusFrame else { return false }
    if let status = try? frame.decode(ModuleStatus.self) {
      view.update(status)
      if status.state == .joined, !status.observer { joinCount += 1 }
    }
    if let schema = try? frame.decode(Schema.self) { schemas.append(schema) }
    if let status = try? frame.decode(BusStatus.self) { counters = status }
    if let lost = try? frame.decode(Lost.self) { losses.append(lost) }
    return true
  }

  /// Keeps a frame for a command.
  mutating func keep(_ frame: Frame) { frames.append(frame) }

  /// The next frame that was kept; nil if there is none.
  mutating func nextFrame() -> Frame? { frames.popFirst() }

  /// What was dropped next; nil if nothing is.
  mutating func nextLoss() -> Lost? { losses.popFirst() }

  /// All schemas are about to be asked for.
  mutating func beginSchemas() { schemas = [] }

  /// All schemas have come.
  mutating func endSchemas() {
    view.replaceSchemas(schemas)
    schemas = []
  }

  /// Whether schemas are to be asked for, because nobody is known to have declared a frame of this sender.
  mutating func mustAsk(for frame: Frame) -> Bool {
    let question = Question(type: frame.header.type, source: frame.source)
    guard !view.hasDeclaration(of: question.type, from: question.source) else { return false }
    if asked.count >= Self.questionsMax { asked = [] }
    return asked.insert(question).inserted
  }

  /// The manager's counters are about to be asked for.
  mutating func beginCounters() { counters = nil }

  /// Another connection: module ids have another meaning now.
  mutating func forgetModules() {
    view = BusView()
    asked = []
  }
}
