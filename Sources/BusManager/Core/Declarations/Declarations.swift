import BusWire

/// What the modules declare of their frame types, and between whom it does not fit.
struct Declarations {
  /// What a module does with a type that it declared.
  private struct Use {
    /// Index in the registry.
    var declaration: Int
    var sends: Bool
    var listens: Bool
    var properties: FrameProperties
  }

  /// Another module's field list that does not fit.
  private struct Mismatched: Hashable {
    var source: UInt32
    var declaration: Int
  }

  private struct Module {
    let identity: ModuleIdentity
    var uses: [UInt16: Use] = [:]
    /// Differences that were reported to it.
    var mismatches: Set<Mismatched> = []
  }

  /// Two field lists that do not fit, as that is reported to each side.
  struct Difference {
    let first: (id: SessionID, report: Mismatch)
    let second: (id: SessionID, report: Mismatch)
    let event: BrokerEvent
  }

  private let limits: ManagerLimits
  private var registry = DeclarationRegistry()
  /// By slot.
  private var modules: [Module?] = []

  init(_ limits: ManagerLimits) { self.limits = limits }

  mutating func join(_ id: SessionID, _ identity: ModuleIdentity) {
    while modules.count <= Int(id.slot) { modules.append(nil) }
    modules[Int(id.slot)] = Module(identity: identity)
  }

  /// Forgets what a module declared.
  mutating func leave(_ id: SessionID) {
    guard Int(id.slot) < modules.count, let module = modules[Int(id.slot)] else { return }
    for use in module.uses.values { registry.release(use.declaration) }
    modules[Int(id.slot)] = nil
  }

  // MARK: Declaring

  /// Records what a module declares of a type, in place of what it declared before.
  ///
  /// - Returns: how many frames of the type are to be kept.
  mutating func declare(_ declare: Declare, by id: SessionID) throws(Refusal) -> Int {
    let properties = try Self.properties(of: declare)
    guard declare.sends || declare.listens else {
      if let before = modules[Int(id.slot)]?.uses.removeValue(forKey: declare.type) {
        registry.release(before.declaration)
      }
      return 1
    }
    guard let index = registry.retain(declare, limits: limits) else {
      throw Refusal(
        .full,
        "DECLARE of \(declare.name): \(registry.count) frame types are declared already; the limit is \(limits.declarationsMax) types and \(limits.declarationsBytesMax) bytes of field lists"
      )
    }
    let use = Use(declaration: index, sends: declare.sends, listens: declare.listens, properties: properties)
    if let before = modules[Int(id.slot)]?.uses.updateValue(use, forKey: declare.type) {
      registry.release(before.declaration)
    }
    return max(1, properties.retain)
  }

  private static func properties(of declare: Declare) throws(Refusal) -> FrameProperties {
    guard FieldList.fingerprint(declare.fields) == declare.fingerprint else {
      throw Refusal(.malformed, "DECLARE of \(declare.name): the fingerprint is not that of the field list")
    }
    guard declare.type != 0, declare.type < FrameType.firstBusID, WireProtocol.isValidName(declare.name) else {
      throw Refusal(
        .malformed,
        "DECLARE of id \(declare.type), name '\(declare.name)': ids are 1 to 65279, names have letters, digits and ._-")
    }
    do throws(FrameProperties.ParseError) {
      return try declare.properties
    } catch {
      throw Refusal(.malformed, "DECLARE of \(declare.name): \(error)")
    }
  }

  // MARK: Comparing

  /// Compares a module's field list of a type with those of the others.
  ///
  /// - Returns: where two do not fit, unless that was returned before.
  mutating func differences(of type: UInt16, _ id: SessionID) -> [Difference] {
    guard let use = modules[Int(id.slot)]?.uses[type] else { return [] }
    return modules.indices.compactMap { slot in
      guard slot != Int(id.slot), let other = modules[slot]?.uses[type], other.declaration != use.declaration,
        (use.sends && other.listens) || (use.listens && other.sends)
      else { return nil }
      return compare(use, of: id, with: other, of: SessionID(slot: UInt32(slot)))
    }
  }

  private mutating func compare(_ use: Use, of id: SessionID, with otherUse: Use, of other: SessionID) -> Difference? {
    guard let here = registry.declarations[use.declaration], let there = registry.declarations[otherUse.declaration],
      let module = modules[Int(id.slot)]?.identity, let otherModule = modules[Int(other.slot)]?.identity,
      let difference = FieldList.difference(here.fields, there.fields, thereName: otherModule.description)
    else { return nil }
    let seenHere = Mismatched(source: otherModule.id, declaration: otherUse.declaration)
    let seenThere = Mismatched(source: module.id, declaration: use.declaration)
    guard modules[Int(id.slot)]?.mismatches.insert(seenHere).inserted == true else { return nil }
    modules[Int(other.slot)]?.mismatches.insert(seenThere)
    let reverse = FieldList.difference(there.fields, here.fields, thereName: module.description) ?? difference
    return Difference(
      first: (id, Self.report(here, there, of: otherModule, difference)),
      second: (other, Self.report(there, here, of: module, reverse)),
      event: .mismatch(module, otherModule, frame: here.name, difference: difference))
  }

  private static func report(
    _ here: DeclarationRegistry.Declaration, _ there: DeclarationRegistry.Declaration, of other: ModuleIdentity,
    _ difference: String
  ) -> Mismatch {
    Mismatch(
      type: here.type, name: here.name, module: other.id, moduleName: other.description, fieldsHere: here.fields,
      fieldsThere: there.fields, difference: difference)
  }

  // MARK: Answering

  /// About how many bytes an answer with all of them has.
  var answerBytes: Int { registry.answerBytes }

  /// Field lists that are declared, and their bytes.
  var declaredCount: Int { registry.count }
  var declaredByteCount: Int { registry.byteCount }

  /// Every field list that somebody declared, with those who did.
  var schemas: [Schema] {
    var users: [Int: [(source: UInt32, use: Use)]] = [:]
    for case .some(let module) in modules {
      for use in module.uses.values { users[use.declaration, default: []].append((module.identity.id, use)) }
    }
    return registry.declarations.enumerated().compactMap { index, declaration in
      guard let declaration else { return nil }
      let users = users[index] ?? []
      let properties = Self.properties(of: users)
      return Schema(
        type: declaration.type, name: declaration.name, fields: declaration.fields,
        fingerprint: declaration.fingerprint,
        users: users.map { SchemaUser(module: $0.source, sends: $0.use.sends, listens: $0.use.listens) },
        priority: properties.priority.rawValue, retain: UInt16(properties.retain), job: properties.job?.text ?? "")
    }
  }

  /// What SCHEMA says where users differ: of each property, what the first of them said who did not leave it out. Those
  /// who send come before those who listen, and who joined earlier before who joined later.
  private static func properties(of users: [(source: UInt32, use: Use)]) -> FrameProperties {
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
