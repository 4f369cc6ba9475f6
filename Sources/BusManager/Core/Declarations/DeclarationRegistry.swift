import BusWire

/// The field lists that modules declared, each kept once, as long as somebody uses it.
struct DeclarationRegistry {
  struct Declaration {
    let type: UInt16
    let name: String
    let fields: String
    let fingerprint: UInt64
    /// In no order; each knows its place here.
    fileprivate(set) var users: [SessionID] = []

    fileprivate var byteCount: Int { name.utf8.count + fields.utf8.count }
  }

  /// Two field lists, seen from the side of the first.
  private struct Pair: Hashable {
    let here: Int
    let there: Int
  }

  private enum Verdict {
    case fits
    case differs(FieldList.Difference)

    var difference: FieldList.Difference? {
      if case .differs(let difference) = self { difference } else { nil }
    }
  }

  private var declarations: [Declaration?] = []
  private var holes: [Int] = []
  private var indices: [UInt16: [Int]] = [:]
  /// What comparisons have shown: two field lists are compared once, however many modules use them.
  private var verdicts: [Pair: Verdict] = [:]
  private(set) var count = 0
  private(set) var byteCount = 0
  /// Field lists that were compared with one another.
  private(set) var comparisonCount = 0

  /// More verdicts than this are not kept.
  private static let verdictsMax = 4096

  subscript(index: Int) -> Declaration? { index < declarations.count ? declarations[index] : nil }

  /// The first declaration from an index on.
  func first(from start: Int) -> (index: Int, declaration: Declaration)? {
    var index = start
    while index < declarations.count {
      if let declaration = declarations[index] { return (index, declaration) }
      index += 1
    }
    return nil
  }

  /// The indices of all declarations of a type.
  func declarations(of type: UInt16) -> [Int] { indices[type] ?? [] }

  // MARK: Using

  /// Adds a user to a declaration.
  ///
  /// - Returns: its index, and the user's place among its users; nil if it is new and over the limits.
  mutating func retain(_ declare: Declare, by user: SessionID, limits: ManagerLimits) -> (index: Int, place: Int)? {
    guard let index = index(of: declare) ?? add(declare, limits) else { return nil }
    declarations[index]?.users.append(user)
    return (index, (declarations[index]?.users.count ?? 0) - 1)
  }

  private func index(of declare: Declare) -> Int? {
    indices[declare.type]?.first { index in
      guard let known = declarations[index], known.fingerprint == declare.fingerprint else { return false }
      return known.name == declare.name && known.fields.utf8.elementsEqual(declare.fields.utf8)
    }
  }

  private mutating func add(_ declare: Declare, _ limits: ManagerLimits) -> Int? {
    let declaration = Declaration(
      type: declare.type, name: declare.name, fields: declare.fields, fingerprint: declare.fingerprint)
    guard count < limits.declarationsMax, byteCount + declaration.byteCount <= limits.declarationsBytesMax else {
      return nil
    }
    count += 1
    byteCount += declaration.byteCount
    let index = holes.popLast() ?? declarations.count
    if index == declarations.count { declarations.append(declaration) } else { declarations[index] = declaration }
    indices[declare.type, default: []].append(index)
    return index
  }

  /// Removes a user from a declaration, which is forgotten with its last.
  ///
  /// - Parameter place: the user's place among its users.
  /// - Returns: who has that place now.
  mutating func release(_ index: Int, place: Int) -> SessionID? {
    guard let declaration = declarations[index], let last = declarations[index]?.users.popLast() else { return nil }
    if place < declaration.users.count - 1 {
      declarations[index]?.users[place] = last
      return last
    }
    if declaration.users.count == 1 { remove(index, declaration) }
    return nil
  }

  private mutating func remove(_ index: Int, _ declaration: Declaration) {
    declarations[index] = nil
    holes.append(index)
    count -= 1
    byteCount -= declaration.byteCount
    indices[declaration.type]?.removeAll { $0 == index }
    if indices[declaration.type]?.isEmpty == true { indices[declaration.type] = nil }
    if !verdicts.isEmpty { verdicts = verdicts.filter { $0.key.here != index && $0.key.there != index } }
  }

  // MARK: Comparing

  /// What keeps one declaration of a type from fitting another; nil if they are compatible.
  mutating func difference(_ here: Int, _ there: Int) -> FieldList.Difference? {
    let pair = Pair(here: here, there: there)
    if let verdict = verdicts[pair] { return verdict.difference }
    guard let mine = declarations[here]?.fields, let other = declarations[there]?.fields else { return nil }
    comparisonCount += 1
    let verdict = FieldList.difference(mine, other).map { Verdict.differs($0) } ?? .fits
    if verdicts.count >= Self.verdictsMax { verdicts.removeAll(keepingCapacity: true) }
    verdicts[pair] = verdict
    return verdict.difference
  }
}
