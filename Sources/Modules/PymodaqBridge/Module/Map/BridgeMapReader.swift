import BusClient
import Frames
import PymodaqBridgeProtocol
import YAMLText

/// Reads the tree of a map: what each role is, and whether they agree with each other and with the schema.
struct BridgeMapReader: YAMLReading {
  enum RoleKind: String, CaseIterable {
    case detector, actuator
    case remoteDetector = "remote_detector"
    case remoteActuator = "remote_actuator"

    var keys: [String] {
      switch self {
      case .detector: ["kind", "server", "generation", "channels", "max_age", "timeout", "push"]
      case .actuator:
        [
          "kind", "server", "generation", "target", "position", "home", "stop", "units", "tolerance", "settle",
          "timeout", "max_age",
        ]
      case .remoteDetector: ["kind", "listen", "generation", "dimension", "instance", "poll", "timeout"]
      case .remoteActuator:
        ["kind", "listen", "generation", "units", "poll", "timeout", "tolerance"]
      }
    }
  }

  let instance: UInt8
  var diagnostics: [Diagnostic] = []
  /// Who has an address or an instance already.
  private var taken: [String: String] = [:]

  init(instance: UInt8) {
    self.instance = instance
  }

  /// - Parameter path: the file's path as the user wrote it.
  mutating func roles(in root: YAMLNode?, path: String) -> [BridgeMap.Role] {
    guard let root, !root.isEmpty else {
      report(.start(of: path), "the file is empty; say what PyMoDAQ sees under 'roles:'")
      return []
    }
    guard let sections = mapping(root, keys: ["roles"], of: "the map") else { return [] }
    guard let node = sections["roles"] else {
      if diagnostics.isEmpty { report(root.position, "'roles:' is missing; say there what PyMoDAQ sees") }
      return []
    }
    guard !node.isEmpty, let pairs = pairs(of: node, called: "'roles'") else {
      if node.isEmpty { report(node.position, "'roles' is empty; without a role there is nothing to do") }
      return []
    }
    if pairs.count > BridgeMap.rolesMax {
      report(pairs[BridgeMap.rolesMax].key.position, "there are more than \(BridgeMap.rolesMax) roles; use two bridges")
    }
    return pairs.compactMap { role($0) }
  }

  private mutating func role(_ pair: YAMLPair) -> BridgeMap.Role? {
    let name = pair.key.value
    if name.isEmpty || name.utf8.count > 64 { report(pair.key.position, "a role's name has 1 to 64 bytes") }
    guard let all = pairs(of: pair.value, called: "role '\(name)'") else { return nil }
    guard let node = all.first(where: { $0.key.value == "kind" })?.value else {
      report(pair.key.position, "role '\(name)' has no 'kind'; give one of \(Self.kinds)")
      return nil
    }
    guard let text = text(node, key: "kind") else { return nil }
    guard let kind = RoleKind(rawValue: text.value) else {
      let advice = Nearest.advice(for: text.value, among: RoleKind.allCases.map(\.rawValue))
      report(text.position, "unknown kind '\(text.value)'; \(advice)known: \(Self.kinds)")
      return nil
    }
    guard let values = mapping(pair.value, keys: kind.keys, of: "role '\(name)' (\(kind.rawValue))") else { return nil }
    let role = RoleNodes(name: name, position: pair.key.position, values: values)
    let read: BridgeMap.Kind? =
      switch kind {
      case .detector: detector(role).map { .detector($0) }
      case .actuator: actuator(role).map { .actuator($0) }
      case .remoteDetector: remote(role, .detector).map { .remote($0) }
      case .remoteActuator: remote(role, .actuator).map { .remote($0) }
      }
    return read.map { BridgeMap.Role(name: name, kind: $0) }
  }

  private static var kinds: String { RoleKind.allCases.map(\.rawValue).joined(separator: ", ") }

  /// Reports that two roles want the same.
  mutating func claim(_ what: String, _ role: RoleNodes, at position: Position) {
    if let other = taken.updateValue(role.name, forKey: what) {
      report(position, "\(what) is that of role '\(other)' already; give one of them another")
    }
  }
}

/// A role as it is written.
struct RoleNodes {
  let name: String
  let position: Position
  let values: [String: YAMLNode]

  subscript(key: String) -> YAMLNode? { values[key] }
}
