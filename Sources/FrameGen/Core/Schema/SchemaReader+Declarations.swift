import BusSchema
import YAMLText

extension SchemaReader {
  /// Reads an entry under `enums:`.
  mutating func enumeration(_ pair: YAMLPair) -> EnumDeclaration? {
    let what = "enum \(pair.key.value)"
    guard let entries = mapping(pair.value, keys: ["type", "doc", "values"], of: what) else { return nil }
    return EnumDeclaration(
      name: pair.key, type: text(entries["type"], key: "type"), doc: doc(entries["doc"]),
      values: values(entries["values"], of: pair.key))
  }

  private mutating func values(_ node: YAMLNode?, of name: Located<String>) -> [EnumDeclaration.Value] {
    guard let node else {
      report(name.position, "enum \(name.value) has no 'values'; add them as NAME: number")
      return []
    }
    guard let pairs = pairs(of: node, called: "'values'") else { return [] }
    if pairs.isEmpty {
      report(node.position, "enum \(name.value) has no values; add at least one as NAME: number")
    } else if pairs.count > Limits.enumValuesMax {
      report(
        node.position,
        "enum \(name.value) has \(pairs.count) values, the limit is \(Limits.enumValuesMax); use a plain number")
    }
    return pairs.compactMap { value($0) }
  }

  /// Reads `OFF: 0` or `OFF: { value: 0, doc: … }`.
  private mutating func value(_ pair: YAMLPair) -> EnumDeclaration.Value? {
    guard case .mapping = pair.value.content else {
      return integer(pair.value, key: pair.key.value)
        .map { EnumDeclaration.Value(name: pair.key, number: $0, doc: nil) }
    }
    guard let entries = mapping(pair.value, keys: ["value", "doc"], of: "value \(pair.key.value)") else { return nil }
    if entries["value"] == nil {
      report(pair.key.position, "value \(pair.key.value) has no 'value'; give it a number")
    }
    let doc = doc(entries["doc"])
    return integer(entries["value"], key: "value")
      .map { EnumDeclaration.Value(name: pair.key, number: $0, doc: doc) }
  }

  /// Reads an entry under `structs:`.
  mutating func structure(_ pair: YAMLPair) -> StructDeclaration? {
    let what = "struct \(pair.key.value)"
    guard let entries = mapping(pair.value, keys: ["doc", "fields"], of: what) else { return nil }
    let fields = fields(entries["fields"], of: what)
    if entries["fields"].map(\.hasNoEntries) ?? true {
      report(pair.key.position, "\(what) has no fields; add at least one or remove the struct")
    }
    return StructDeclaration(name: pair.key, doc: doc(entries["doc"]), fields: fields)
  }

  /// Reads an entry under `frames:`.
  mutating func frame(_ pair: YAMLPair) -> FrameDeclaration? {
    let what = "frame \(pair.key.value)"
    let keys = ["id", "doc", "priority", "retain", "job", "fields"]
    guard let entries = mapping(pair.value, keys: keys, of: what) else { return nil }
    if entries["id"] == nil {
      report(pair.key.position, "\(what) has no 'id'; give it a number that no other frame has or had")
    }
    return FrameDeclaration(
      name: pair.key, id: integer(entries["id"], key: "id"), doc: doc(entries["doc"]),
      priority: priority(entries["priority"]) ?? .normal,
      retain: retain(entries["retain"]), job: job(entries["job"], of: pair.key),
      fields: fields(entries["fields"], of: what))
  }

  /// Reads `retain: true`, `retain: 64`.
  private mutating func retain(_ node: YAMLNode?) -> Int {
    guard let node, node.content != .refused else { return 0 }
    switch node.content {
    case .scalar("true", isPlain: true): return 1
    case .scalar("false", isPlain: true): return 0
    case .scalar(let text, isPlain: true):
      if case .integer(let depth)? = Number(text), (1...Int128(Limits.retainMax)).contains(depth) { return Int(depth) }
    default: break
    }
    report(node.position, "'retain' must be true, false or a number from 1 to \(Limits.retainMax)\(found(node))")
    return 0
  }

  /// Reads `job: { accepted: A, progress: [B, C], outcome: D, cancel: E }`.
  private mutating func job(_ node: YAMLNode?, of frame: Located<String>) -> JobDeclaration? {
    guard let node else { return nil }
    let keys = ["accepted", "progress", "outcome", "cancel"]
    guard let entries = mapping(node, keys: keys, of: "the job \(frame.value)") else { return nil }
    if entries["outcome"] == nil {
      report(node.position, "the job \(frame.value) has no 'outcome'; name the frame that ends it")
    }
    let progress = texts(entries["progress"], key: "progress")
    if progress.count > Limits.progressMax {
      report(
        progress[Limits.progressMax].position, "a job has at most \(Limits.progressMax) frames of progress; merge some")
    }
    return JobDeclaration(
      outcome: text(entries["outcome"], key: "outcome"), accepted: text(entries["accepted"], key: "accepted"),
      cancel: text(entries["cancel"], key: "cancel"), progress: progress)
  }

  private mutating func priority(_ node: YAMLNode?) -> FramePriority? {
    guard let text = text(node, key: "priority") else { return nil }
    let names = FramePriority.allCases.map(\.rawValue)
    if let priority = FramePriority(rawValue: text.value) { return priority }
    let advice = Nearest.advice(for: text.value, among: names)
    report(text.position, "unknown priority '\(text.value)'; \(advice)one of \(names.joined(separator: ", "))")
    return nil
  }
}

extension YAMLNode {
  fileprivate var hasNoEntries: Bool { isEmpty || content == .mapping([]) }
}
