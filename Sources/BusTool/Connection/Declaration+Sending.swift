import BusClient

extension Declaration {
  /// The fields, with the error of a malformed declaration in the tool's words.
  func parsed() throws(ToolError) -> [FieldList.Field] {
    do throws(FieldList.ParseError) {
      return try fields.get()
    } catch {
      throw ToolError("the declaration of \(name) is malformed: \(error)")
    }
  }

  /// The flags of a value.
  ///
  /// - Parameters:
  ///   - priority: that of the schema unless told otherwise.
  ///   - retain: whether the manager keeps it; as the schema says unless told otherwise.
  func flags(_ priority: Priority?, retain: Bool?) -> FrameFlags {
    let flags: FrameFlags = retain ?? (properties.retain > 0) ? .retain : []
    return flags.with(priority ?? properties.priority)
  }
}

extension BusView {
  /// The schema to send a frame with: that of those who listen, if modules disagree.
  func declarationToSend(_ frame: String) throws(ToolError) -> Declaration {
    let all = try declarations(named: frame)
    return all.first { !listeners(of: $0).isEmpty } ?? all[0]
  }

  /// Says whose schema was chosen, if modules disagree.
  func reportChoice(of chosen: Declaration, _ console: Console) {
    guard declared.count(where: { $0.type == chosen.type }) > 1 else { return }
    let names = moduleNames(users(of: chosen) { _ in true }).joined(separator: ", ")
    console.report("warning: modules disagree about the fields of \(chosen.name); taking those of \(names)")
  }
}

extension Priority {
  /// The name as schemas write it.
  var text: String {
    switch self {
    case .high: "high"
    case .normal: "normal"
    case .low: "low"
    case .dataStream: "data_stream"
    }
  }

  /// The priority of a name as schemas write it.
  init?(text: String) {
    guard let priority = Priority.allCases.first(where: { $0.text == text }) else { return nil }
    self = priority
  }
}
