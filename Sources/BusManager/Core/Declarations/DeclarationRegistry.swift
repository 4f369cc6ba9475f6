import BusWire

/// The field lists that modules declared, each kept once, as long as somebody uses it.
struct DeclarationRegistry {
  struct Declaration: Equatable {
    var type: UInt16
    var name: String
    var fields: String
    var fingerprint: UInt64
    var users: Int
  }

  private(set) var declarations: [Declaration?] = []
  private(set) var count = 0
  private(set) var byteCount = 0

  /// About how many bytes an answer with all of them has.
  var answerBytes: Int { byteCount + count * 256 }

  /// The index of a declaration, which gains a user; nil if it is new and over the limits.
  mutating func retain(_ declare: Declare, limits: ManagerLimits) -> Int? {
    let known = declarations.firstIndex {
      $0?.type == declare.type && $0?.fingerprint == declare.fingerprint && $0?.name == declare.name
        && $0?.fields == declare.fields
    }
    if let known {
      declarations[known]?.users += 1
      return known
    }
    let bytes = declare.name.utf8.count + declare.fields.utf8.count
    guard count < limits.declarationsMax, byteCount + bytes <= limits.declarationsBytesMax else { return nil }
    count += 1
    byteCount += bytes
    let declaration = Declaration(
      type: declare.type, name: declare.name, fields: declare.fields, fingerprint: declare.fingerprint, users: 1)
    if let hole = declarations.firstIndex(of: nil) {
      declarations[hole] = declaration
      return hole
    }
    declarations.append(declaration)
    return declarations.count - 1
  }

  mutating func release(_ index: Int) {
    guard var declaration = declarations[index] else { return }
    declaration.users -= 1
    declarations[index] = declaration.users > 0 ? declaration : nil
    if declaration.users == 0 {
      count -= 1
      byteCount -= declaration.name.utf8.count + declaration.fields.utf8.count
    }
  }
}
