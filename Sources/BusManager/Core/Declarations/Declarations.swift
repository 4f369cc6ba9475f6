import BusWire

/// What the modules declare of their frame types, and between whom it does not fit.
struct Declarations {
  /// What a module does with a type that it declared.
  private struct Use {
    /// Index in the registry.
    var declaration: Int
    /// Its place among the users of the declaration.
    var place: Int
    var sends: Bool
    var listens: Bool
    var properties: FrameProperties

    /// Whether frames of the type go from one to the other.
    func meets(_ other: Use) -> Bool { (sends && other.listens) || (listens && other.sends) }
  }

  private struct Module {
    let identity: ModuleIdentity
    var uses: [UInt16: Use] = [:]
  }

  /// A module that declares a type, and those whose field lists do not fit its own.
  struct Mismatched {
    let type: UInt16
    fileprivate let declaration: Int
    fileprivate let others: [(id: SessionID, module: UInt32, declaration: Int)]
    fileprivate var next = 0

    /// The same without the pair that was reported last.
    var rest: Mismatched? {
      var rest = self
      rest.next += 1
      return rest.next < others.count ? rest : nil
    }
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
    guard let module = module(id) else { return }
    for use in module.uses.values { release(use) }
    useCount -= module.uses.count
    modules[Int(id.slot)] = nil
  }

  private func module(_ id: SessionID) -> Module? { Int(id.slot) < modules.count ? modules[Int(id.slot)] : nil }

  private mutating func release(_ use: Use) {
    let type = registry[use.declaration]?.type ?? 0
    if let moved = registry.release(use.declaration, place: use.place) {
      modules[Int(moved.slot)]?.uses[type]?.place = use.place
    }
  }

  // MARK: Memory

  /// What the care of one module's use of a type takes.
  private static let useBytes = 128
  private var useCount = 0

  /// Memory that all declarations take.
  var byteCount: Int { registry.byteCount + useCount * Self.useBytes }

  /// Memory that a declaration takes if nobody has declared the same.
  static func byteCount(of declare: Declare) -> Int {
    declare.name.utf8.count + declare.fields.utf8.count + useBytes
  }

  // MARK: Declaring

  /// Records what a module declares of a type, in place of what it declared before.
  ///
  /// - Returns: how many frames of the type are to be kept, and who does not fit that did not before.
  mutating func declare(_ declare: Declare, by id: SessionID) throws(Refusal) -> (depth: Int, mismatched: Mismatched?) {
    let properties = try Self.properties(of: declare)
    let before = modules[Int(id.slot)]?.uses[declare.type]
    guard declare.sends || declare.listens else {
      if let before {
        release(before)
        useCount -= 1
        modules[Int(id.slot)]?.uses[declare.type] = nil
      }
      return (1, nil)
    }
    guard let (index, place) = registry.retain(declare, by: id, limits: limits) else {
      throw Refusal(
        .full,
        "DECLARE of \(declare.name): \(registry.count) frame types are declared already; the limit is \(limits.declarationsMax) types and \(limits.declarationsBytesMax) bytes of field lists"
      )
    }
    let use = Use(
      declaration: index, place: place, sends: declare.sends, listens: declare.listens, properties: properties)
    // The one before goes last: an equal one keeps its field list.
    modules[Int(id.slot)]?.uses[declare.type] = use
    if let before { release(before) } else { useCount += 1 }
    return (max(1, properties.retain), mismatched(use, before, of: declare.type, id))
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

  /// Who does not fit what a module declares, unless that was so before.
  private mutating func mismatched(_ use: Use, _ before: Use?, of type: UInt16, _ id: SessionID) -> Mismatched? {
    var others: [(id: SessionID, module: UInt32, declaration: Int)] = []
    for index in registry.declarations(of: type) where index != use.declaration {
      guard registry.difference(use.declaration, index) != nil else { continue }
      for user in registry[index]?.users ?? [] where user != id {
        guard let other = module(user), let otherUse = other.uses[type], use.meets(otherUse) else { continue }
        if let before, before.declaration == use.declaration, before.meets(otherUse) { continue }
        others.append((user, other.identity.id, index))
      }
    }
    return others.isEmpty ? nil : Mismatched(type: type, declaration: use.declaration, others: others)
  }

  /// The next two of which it is to be reported that they do not fit; nil if they are not what they were any more.
  mutating func difference(_ mismatched: Mismatched, _ id: SessionID) -> Difference? {
    let (other, otherID, otherIndex) = mismatched.others[mismatched.next]
    guard let module = module(id), let otherModule = self.module(other), otherModule.identity.id == otherID,
      module.uses[mismatched.type]?.declaration == mismatched.declaration,
      otherModule.uses[mismatched.type]?.declaration == otherIndex,
      let here = registry[mismatched.declaration], let there = registry[otherIndex],
      let difference = registry.difference(mismatched.declaration, otherIndex),
      let reverse = registry.difference(otherIndex, mismatched.declaration)
    else { return nil }
    let words = difference.text(thereName: otherModule.identity.description)
    return Difference(
      first: (id, Self.report(here, there, of: otherModule.identity, words)),
      second: (
        other,
        Self.report(there, here, of: module.identity, reverse.text(thereName: module.identity.description))
      ),
      event: .mismatch(module.identity, otherModule.identity, frame: here.name, difference: words))
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

  /// Field lists that are declared, and their bytes.
  var declaredCount: Int { registry.count }
  var declaredByteCount: Int { registry.byteCount }

  /// Field lists that were compared with one another, in all.
  var comparisonCount: Int { registry.comparisonCount }

  /// The first field list from an index on that somebody declared, with those who did; nil if there is none.
  func schema(from start: Int) -> (index: Int, schema: Schema)? {
    guard let (index, declaration) = registry.first(from: start) else { return nil }
    let users = declaration.users.compactMap { user in
      module(user).flatMap { module in module.uses[declaration.type].map { (source: module.identity.id, use: $0) } }
    }
    let properties = Self.properties(of: users)
    let inOrder = users.sorted { $0.source < $1.source }
    let schema = Schema(
      type: declaration.type, name: declaration.name, fields: declaration.fields,
      fingerprint: declaration.fingerprint,
      users: inOrder.map { SchemaUser(module: $0.source, sends: $0.use.sends, listens: $0.use.listens) },
      priority: properties.priority.rawValue, retain: UInt16(properties.retain), job: properties.job?.text ?? "")
    return (index, schema)
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
