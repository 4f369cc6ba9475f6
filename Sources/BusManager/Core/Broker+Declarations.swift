import BusWire

extension Broker {
  /// Records what a module declares of a type, in place of what it declared before.
  mutating func declare(_ declare: Declare, from id: SessionID) {
    guard FieldList.fingerprint(declare.fields) == declare.fingerprint else {
      return refuse(id, .malformed, "DECLARE of \(declare.name): the fingerprint is not that of the field list")
    }
    guard declare.type != 0, declare.type < FrameType.firstBusID, WireProtocol.isValidName(declare.name) else {
      return refuse(
        id, .malformed,
        "DECLARE of id \(declare.type), name '\(declare.name)': ids are 1 to 65279, names have letters, digits and ._-")
    }
    let properties: FrameProperties
    do throws(FrameProperties.ParseError) {
      properties = try declare.properties
    } catch {
      return refuse(id, .malformed, "DECLARE of \(declare.name): \(error)")
    }
    guard declare.sends || declare.listens else { return withdraw(declare.type, of: id) }
    guard let index = registry.retain(declare, limits: limits) else {
      return refuse(
        id, .full,
        "DECLARE of \(declare.name): \(registry.count) frame types are declared already; the limit is \(limits.declarationsMax) types and \(limits.declarationsBytesMax) bytes of field lists"
      )
    }
    let use = DeclaredUse(
      declaration: index, sends: declare.sends, listens: declare.listens, properties: properties)
    if let before = modules[id]?.declarations.updateValue(use, forKey: declare.type) {
      registry.release(before.declaration)
    }
    retained.setDepth(max(1, properties.retain), of: declare.type, for: id)
    compare(declare.type, of: id)
  }

  private mutating func withdraw(_ type: UInt16, of id: SessionID) {
    guard let before = modules[id]?.declarations.removeValue(forKey: type) else { return }
    registry.release(before.declaration)
    retained.setDepth(1, of: type, for: id)
  }

  /// Answers a request for SCHEMA with every field list that somebody declared.
  mutating func sendSchemas(to id: SessionID) {
    var users: [Int: [(source: UInt32, use: DeclaredUse)]] = [:]
    for other in sessions.ids {
      for use in modules[other]?.declarations.values ?? [:].values {
        users[use.declaration, default: []].append((sessions[other].source, use))
      }
    }
    for (index, declaration) in registry.declarations.enumerated() {
      guard let declaration else { continue }
      let users = users[index] ?? []
      let properties = Self.properties(of: users)
      enqueue(
        Schema(
          type: declaration.type, name: declaration.name, fields: declaration.fields,
          fingerprint: declaration.fingerprint,
          users: users.map { SchemaUser(module: $0.source, sends: $0.use.sends, listens: $0.use.listens) },
          priority: properties.priority.rawValue, retain: UInt16(properties.retain),
          job: properties.job?.text ?? ""),
        to: id)
    }
  }

  /// What SCHEMA says where users differ: of each property, what the first of them said who did not leave it out. Those
  /// who send come before those who listen, and who joined earlier before who joined later.
  private static func properties(of users: [(source: UInt32, use: DeclaredUse)]) -> FrameProperties {
    let inOrder = users.sorted { left, right in
      left.use.sends == right.use.sends ? left.source < right.source : left.use.sends
    }
    func first<Value: Equatable>(_ property: KeyPath<FrameProperties, Value>) -> Value {
      let unsaid = FrameProperties()[keyPath: property]
      return inOrder.lazy.map { $0.use.properties[keyPath: property] }.first { $0 != unsaid } ?? unsaid
    }
    return FrameProperties(priority: first(\.priority), retain: first(\.retain), job: first(\.job))
  }
}
